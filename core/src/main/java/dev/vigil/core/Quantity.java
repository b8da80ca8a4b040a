package dev.vigil.core;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * A number with its unit. The scale of the number is kept: {@code 6.30} is not {@code 6.3}.
 *
 * @param value the number
 * @param unit a UCUM code, for example {@code mg/dL}
 */
public record Quantity(BigDecimal value, String unit) implements ReadingValue {

  /** Refuses null. */
  public Quantity {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(unit, "unit");
  }

  /** A quantity of that decimal text. */
  public static Quantity of(String value, String unit) {
    return new Quantity(new BigDecimal(value), unit);
  }

  /** Hides the number: a measured value never enters a log. */
  @Override
  public String toString() {
    return "Quantity[" + unit + "]";
  }
}
