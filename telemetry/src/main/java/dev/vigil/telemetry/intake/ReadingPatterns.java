package dev.vigil.telemetry.intake;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What holds for all Observations that differ from a checked one in leaves only.
 *
 * @param deviceReading whether they are device readings, whose device has to be their subject's
 * @param readings those that they give, in the order of {@link ReadingCheck#accept}; none where
 *     values are absent or waveforms
 */
public record ReadingPatterns(boolean deviceReading, List<ReadingPattern> readings) {

  /** Copies the list. */
  public ReadingPatterns {
    readings = List.copyOf(readings);
  }

  /** Whether another Observation gives the same readings but for their numbers. */
  public boolean alike(ReadingPatterns other) {
    return deviceReading == other.deviceReading
        && readings.size() == other.readings.size()
        && IntStream.range(0, readings.size())
            .allMatch(i -> readings.get(i).alike(other.readings.get(i)));
  }
}
