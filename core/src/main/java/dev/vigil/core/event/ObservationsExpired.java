package dev.vigil.core.event;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Observations were deleted because their time was over.
 *
 * @param week the first moment of the week they were about
 * @param keys which ones, as {@code ObservationKey.id()} writes their keys: the logical id, unless
 *     a client chose that; empty for all that the tenant had of that week
 * @param count how many
 * @param at our time
 */
public record ObservationsExpired(Instant week, List<String> keys, long count, Instant at)
    implements RetentionEvent {

  /** Copies the list. */
  public ObservationsExpired {
    Objects.requireNonNull(week, "week");
    keys = List.copyOf(keys);
    Objects.requireNonNull(at, "at");
  }
}
