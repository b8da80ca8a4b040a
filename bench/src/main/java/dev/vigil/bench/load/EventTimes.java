package dev.vigil.bench.load;

import java.time.Duration;
import java.util.Arrays;

/**
 * Where the readings' own times lie.
 *
 * @param oldest how long before now at most
 * @param stepOfOne from one reading to the next of a kind of weight 1
 */
public record EventTimes(Duration oldest, Duration stepOfOne) {

  /**
   * Within the last four minutes: rules call a reading late after five. What a monitor measures
   * comes every second, the rarest kind every eight, while there is room.
   */
  public static final EventTimes NOW = new EventTimes(Duration.ofMinutes(4), Duration.ofSeconds(8));

  /** So many readings of so many patients, spread evenly from then to now. */
  public static EventTimes spread(Duration oldest, long readings, int patients) {
    double eachOfOne = (double) readings / weights() / patients;
    return new EventTimes(
        oldest, Duration.ofMillis(Math.max(1, Math.round(oldest.toMillis() / eachOfOne))));
  }

  Duration step(int weight) {
    return Duration.ofMillis(Math.max(1, stepOfOne.toMillis() / weight));
  }

  private static int weights() {
    return Arrays.stream(ReadingKind.values()).mapToInt(ReadingKind::weight).sum();
  }
}
