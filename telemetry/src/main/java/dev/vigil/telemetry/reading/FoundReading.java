package dev.vigil.telemetry.reading;

import dev.vigil.core.Metric;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.observation.ObservationRows;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;

/**
 * A reading as its row tells it. Its device is a number there.
 *
 * @param n which of the stretches asked for it is in, from 0
 * @param row of its Observation
 * @param ordinal which of the Observation's readings, from 0
 * @param told what the device said against the sample
 * @param replaced sequence of the event that told of the next version or the deletion; {@link
 *     Long#MAX_VALUE} if none did, or if that was not asked for
 */
record FoundReading(
    int n,
    ObservationRows.Row row,
    int ordinal,
    Metric metric,
    ReadingValue value,
    Set<SignalQuality> told,
    long replaced) {

  /** Event time; within it the order of the log, then that of the message. */
  static final Comparator<FoundReading> ORDER =
      Comparator.comparing(FoundReading::measuredAt)
          .thenComparing(found -> found.row().sequence())
          .thenComparing(found -> found.row().id())
          .thenComparing(FoundReading::ordinal);

  Instant measuredAt() {
    return row.effectiveUntil();
  }

  Set<SignalQuality> quality() {
    return ReadingCheck.quality(told, measuredAt(), row.updatedAt());
  }
}
