package dev.vigil.server.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down whoever guesses: after five failures in a row for one name from one address the next
 * try has to wait, from one second on, each time twice as long, at most five minutes. Another
 * address does not wait, so that nobody can lock a nurse out from afar.
 */
final class LoginAttempts {

  private static final int FREE = 5;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** The least recently seen goes first, so that made-up names do not fill the memory. */
  private static final int KEPT = 10_000;

  private record Failures(int count, Instant until) {}

  private final Map<String, Failures> failures =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > KEPT;
        }
      };

  synchronized boolean mustWait(String name, String address, Instant now) {
    Failures known = failures.get(key(name, address));
    return known != null && now.isBefore(known.until());
  }

  synchronized void failed(String name, String address, Instant now) {
    failures.merge(
        key(name, address),
        new Failures(1, now),
        (known, first) -> new Failures(known.count() + 1, now.plus(delay(known.count() + 1))));
  }

  synchronized void succeeded(String name, String address) {
    failures.remove(key(name, address));
  }

  private static Duration delay(int count) {
    if (count < FREE) {
      return Duration.ZERO;
    }
    Duration delay = Duration.ofSeconds(1L << Math.min(count - FREE, 20));
    return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
  }

  private static String key(String name, String address) {
    return address + " " + name;
  }
}
