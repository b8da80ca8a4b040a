package dev.vigil.simulator.wire;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a client keeps trying while the server is away or busy. Pauses double.
 *
 * @param firstPause before the second attempt
 * @param longestPause upper bound of a pause; a server's {@code Retry-After} is held to it as well
 * @param total after this long the failure is handed on
 */
public record Patience(Duration firstPause, Duration longestPause, Duration total) {

  /** 200 ms doubling to 5 s, for 60 s. */
  public static final Patience STANDARD =
      new Patience(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(60));

  /** Refuses null. */
  public Patience {
    Objects.requireNonNull(firstPause, "firstPause");
    Objects.requireNonNull(longestPause, "longestPause");
    Objects.requireNonNull(total, "total");
  }

  Duration pauseAfter(int attempts) {
    long millis = firstPause.toMillis() << Math.min(attempts - 1, 20);
    return Duration.ofMillis(Math.min(millis, longestPause.toMillis()));
  }
}
