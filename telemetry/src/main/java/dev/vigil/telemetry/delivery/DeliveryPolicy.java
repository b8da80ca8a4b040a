package dev.vigil.telemetry.delivery;

import java.time.Duration;

/**
 * How patiently events are delivered.
 *
 * @param firstPause after the first failure of a destination; doubles with each further one
 * @param longestPause the pause grows no further
 * @param giveUpAfter an event becomes a dead letter when its destination has failed for so long and
 *     the event itself is as old: so each event is offered for at least that long
 * @param refresh how long at most until channels are asked for their destinations and the log is
 *     looked at; a commit in this process makes it sooner
 * @param batch events read at a time for one destination before others get their turn
 * @param threads deliveries under way at the same time
 */
public record DeliveryPolicy(
    Duration firstPause,
    Duration longestPause,
    Duration giveUpAfter,
    Duration refresh,
    int batch,
    int threads) {

  /** Checks that the numbers make sense. */
  public DeliveryPolicy {
    if (!positive(firstPause)
        || !positive(refresh)
        || longestPause.compareTo(firstPause) < 0
        || giveUpAfter.isNegative()
        || batch < 1
        || threads < 1) {
      throw new IllegalArgumentException("a delivery policy has positive durations and counts");
    }
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  /** 1 s doubling to 10 min, for 3 days; 200 events at a time, 16 destinations at once. */
  public static DeliveryPolicy standard() {
    return new DeliveryPolicy(
        Duration.ofSeconds(1),
        Duration.ofMinutes(10),
        Duration.ofDays(3),
        Duration.ofSeconds(1),
        200,
        16);
  }

  /**
   * The pause after a failure.
   *
   * @param failures in a row, from 1
   */
  Duration pauseAfter(int failures) {
    Duration pause = firstPause;
    for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
