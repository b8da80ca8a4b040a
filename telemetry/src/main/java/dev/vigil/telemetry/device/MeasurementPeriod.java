package dev.vigil.telemetry.device;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import org.hl7.fhir.r4.model.Timing;
import org.hl7.fhir.r4.model.Timing.TimingRepeatComponent;
import org.hl7.fhir.r4.model.Timing.UnitsOfTime;

/**
 * The time from one sample to the next that a {@code DeviceMetric.measurementPeriod} states.
 *
 * <p>Only {@code frequency} times in a {@code period} of seconds to weeks says it for sure.
 * Whatever else a Timing can hold (events, a code, bounds, counts, ranges, durations, days and
 * times of the day) makes samples come at uneven times, or for a while only; months and years are
 * of uneven length.
 */
final class MeasurementPeriod {

  /** Outside of these bounds it is a mistake, and might not fit a column of whole milliseconds. */
  private static final BigDecimal SHORTEST = new BigDecimal("0.000001");

  private static final BigDecimal LONGEST = new BigDecimal("1000000000");

  private MeasurementPeriod() {}

  /**
   * The interval a Timing states.
   *
   * @return at least 1 ms, rounded up to whole milliseconds; empty if it states none for sure
   */
  static Optional<Duration> interval(Timing timing) {
    TimingRepeatComponent repeat = timing.getRepeat();
    if (timing.hasEvent() || timing.hasCode() || timing.hasModifierExtension() || more(repeat)) {
      return Optional.empty();
    }
    BigDecimal period = repeat.getPeriod();
    long unit = milliseconds(repeat.getPeriodUnit());
    // FHIR R4, Timing: if no frequency is stated, the event occurs once per period.
    int frequency = repeat.hasFrequency() ? repeat.getFrequency() : 1;
    if (period == null
        || period.compareTo(SHORTEST) < 0
        || period.compareTo(LONGEST) > 0
        || unit == 0
        || frequency < 1) {
      return Optional.empty();
    }
    BigDecimal interval =
        period
            .multiply(BigDecimal.valueOf(unit))
            .divide(BigDecimal.valueOf(frequency), 0, RoundingMode.CEILING);
    return Optional.of(Duration.ofMillis(interval.longValueExact()));
  }

  private static boolean more(TimingRepeatComponent repeat) {
    return repeat.hasBounds()
        || repeat.hasCount()
        || repeat.hasCountMax()
        || repeat.hasDuration()
        || repeat.hasDurationMax()
        || repeat.hasDurationUnit()
        || repeat.hasFrequencyMax()
        || repeat.hasPeriodMax()
        || repeat.hasDayOfWeek()
        || repeat.hasTimeOfDay()
        || repeat.hasWhen()
        || repeat.hasOffset();
  }

  /** Of one unit; 0 if it is missing or of uneven length. */
  private static long milliseconds(UnitsOfTime unit) {
    if (unit == null) {
      return 0;
    }
    return switch (unit) {
      case S -> 1_000;
      case MIN -> 60_000;
      case H -> 3_600_000;
      case D -> 86_400_000;
      case WK -> 604_800_000;
      case MO, A, NULL -> 0;
    };
  }
}
