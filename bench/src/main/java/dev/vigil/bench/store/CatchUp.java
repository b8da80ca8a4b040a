package dev.vigil.bench.store;

import dev.vigil.bench.load.Senders;
import dev.vigil.bench.system.Lag;
import dev.vigil.bench.system.Measured;
import java.time.Duration;
import java.util.Locale;

/** Waits until rules, aggregates and the other readers of the log have taken what was written. */
final class CatchUp {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Measured server;
  private final Duration patience;

  /**
   * What was behind, and for how long.
   *
   * @param behind at the end of the load
   * @param seconds until nothing was, or until patience ended
   * @param left events still waiting then
   */
  record Caught(Lag behind, double seconds, long left) {

    /** In words, with the rate that counts the catching up as well. */
    String text(Senders.Written written) {
      if (behind.events().isEmpty()) {
        return "nothing runs behind";
      }
      if (behind.most() == 0) {
        return "readers of the log not behind";
      }
      return String.format(
          Locale.ROOT,
          "behind by events %s, %s %.1f s, with that %,.0f/s",
          behind.events(),
          left == 0 ? "caught up in" : left + " events left after",
          seconds,
          written.confirmed() / (written.seconds() + seconds));
    }
  }

  CatchUp(Measured server) {
    this(server, PATIENCE);
  }

  CatchUp(Measured server, Duration patience) {
    this.server = server;
    this.patience = patience;
  }

  Caught await() {
    long start = System.nanoTime();
    Lag behind = server.lag();
    long left = behind.most();
    while (left > 0 && System.nanoTime() - start < patience.toNanos()) {
      try {
        Thread.sleep(LOOK_EVERY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      left = server.lag().most();
    }
    return new Caught(behind, (System.nanoTime() - start) / 1e9, left);
  }
}
