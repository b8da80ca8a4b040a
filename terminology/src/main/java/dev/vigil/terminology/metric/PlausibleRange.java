package dev.vigil.terminology.metric;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * What a working sensor can report. Wider than any alert limit: outside it the reading is wrong,
 * not the patient ill.
 *
 * @param unit UCUM unit of both bounds
 * @param low inclusive
 * @param high inclusive
 */
public record PlausibleRange(String unit, BigDecimal low, BigDecimal high) {

  /**
   * Refuses null and an empty range.
   *
   * @throws IllegalArgumentException if low is above high
   */
  public PlausibleRange {
    Objects.requireNonNull(unit, "unit");
    if (low.compareTo(high) > 0) {
      throw new IllegalArgumentException("low is above high");
    }
  }

  /** Whether a value in this range's unit lies within it. */
  public boolean contains(BigDecimal value) {
    return low.compareTo(value) <= 0 && value.compareTo(high) <= 0;
  }

  /** For messages, for example {@code 10 to 350 /min}. */
  @Override
  public String toString() {
    return low.toPlainString() + " to " + high.toPlainString() + " " + unit;
  }
}
