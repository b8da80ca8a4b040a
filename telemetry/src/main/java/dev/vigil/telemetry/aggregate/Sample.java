package dev.vigil.telemetry.aggregate;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;

/**
 * One value of a signal.
 *
 * @param at event time, to the microsecond
 * @param value in the unit of the aggregate it belongs to
 */
public record Sample(Instant at, BigDecimal value) {

  /** Refuses null. */
  public Sample {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(value, "value");
  }

  /** Hides the value. */
  @Override
  public String toString() {
    return "Sample[" + at + "]";
  }
}
