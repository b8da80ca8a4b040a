package dev.vigil.terminology.metric;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * A range of values that time is counted in, for example glucose from 70 to 180 mg/dL.
 *
 * @param code short and stable, for example {@code target}
 * @param low null if there is no lower bound
 * @param includesLow whether the lower bound belongs to it
 * @param high null if there is no upper bound
 * @param includesHigh whether the upper bound belongs to it
 */
public record ValueRange(
    String code, BigDecimal low, boolean includesLow, BigDecimal high, boolean includesHigh) {

  /** Refuses a null code. */
  public ValueRange {
    Objects.requireNonNull(code, "code");
  }

  /** Whether a value in this range's unit lies within it. */
  public boolean contains(BigDecimal value) {
    return aboveLow(value) && belowHigh(value);
  }

  private boolean aboveLow(BigDecimal value) {
    int order = low == null ? 1 : value.compareTo(low);
    return order > 0 || order == 0 && includesLow;
  }

  private boolean belowHigh(BigDecimal value) {
    int order = high == null ? -1 : value.compareTo(high);
    return order < 0 || order == 0 && includesHigh;
  }
}
