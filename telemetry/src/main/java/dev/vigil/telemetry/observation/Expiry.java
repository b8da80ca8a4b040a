package dev.vigil.telemetry.observation;

import dev.vigil.core.PatientId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which Observations of a tenant have been kept long enough. Counted in whole weeks (from Monday,
 * UTC) of the end of the time they are about: none goes too early, and each at most seven days
 * later.
 *
 * @param now our time
 * @param keepDays by category {@code system|code}, {@link #OTHERS} for those that no other names
 * @param held whose Observations stay
 */
public record Expiry(Instant now, Map<String, Integer> keepDays, Set<PatientId> held) {

  /** The category of those that no policy names. */
  public static final String OTHERS = "*";

  /** Copies. */
  public Expiry {
    keepDays = Map.copyOf(keepDays);
    held = Set.copyOf(held);
  }

  /** The days of an Observation with these categories: the longest; empty for ever. */
  OptionalInt days(Collection<String> categories) {
    OptionalInt named =
        categories.stream().filter(keepDays::containsKey).mapToInt(keepDays::get).max();
    if (named.isPresent() || !keepDays.containsKey(OTHERS)) {
      return named;
    }
    return OptionalInt.of(keepDays.get(OTHERS));
  }

  /** The first week that is kept. */
  int firstKept(int days) {
    return Week.of(now.minus(days, ChronoUnit.DAYS));
  }
}
