package dev.vigil.telemetry.reading;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A number that rules may judge, in the unit the device sent.
 *
 * @param at event time
 */
public record MeasuredNumber(Instant at, BigDecimal value, String unit) {

  /** Hides the value. */
  @Override
  public String toString() {
    return "MeasuredNumber[" + at + "]";
  }
}
