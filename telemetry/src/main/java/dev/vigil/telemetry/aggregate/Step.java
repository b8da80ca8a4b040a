package dev.vigil.telemetry.aggregate;

import java.time.Duration;
import java.time.Instant;

/**
 * Equal stretches of time, counted from the epoch in UTC. A day is a day of UTC.
 *
 * @param length whole seconds, more than zero
 */
public record Step(Duration length) {

  /** An hour. */
  public static final Step HOUR = new Step(Duration.ofHours(1));

  /** A day of UTC. */
  public static final Step DAY = new Step(Duration.ofDays(1));

  /** Refuses a length that is not at least a second. */
  public Step {
    if (length.toSeconds() < 1) {
      throw new IllegalArgumentException("a step has at least a second");
    }
  }

  /** The beginning of the stretch that holds a moment. */
  public Instant begin(Instant moment) {
    long seconds = length.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), seconds) * seconds);
  }

  /** The beginning of the next stretch. */
  public Instant next(Instant begin) {
    return begin.plus(length);
  }
}
