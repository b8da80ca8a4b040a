package dev.vigil.core.event;

import java.time.Instant;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * From now on Observations of a category are kept so long.
 *
 * @param category {@code system|code} of the category; {@code *} for those that no other policy
 *     names
 * @param keepDays days from the time they are about; empty for as if nothing had been said
 * @param at our time
 */
public record RetentionPolicySet(String category, OptionalInt keepDays, Instant at)
    implements RetentionEvent {

  /** Refuses null. */
  public RetentionPolicySet {
    Objects.requireNonNull(category, "category");
    Objects.requireNonNull(keepDays, "keepDays");
    Objects.requireNonNull(at, "at");
  }
}
