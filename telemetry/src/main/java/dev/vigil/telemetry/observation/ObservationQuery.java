package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.util.List;
import java.util.Objects;

/**
 * Which Observations of a tenant, in which order, which part of them. Deleted ones are never found.
 * Observations equal in all sort keys come in the order of their keys, so an order is always total.
 *
 * @param filter {@code All} of nothing finds everything
 * @param sort empty for the order of keys
 * @param limit at most so many; at least 1
 * @param offset so many are left out first
 * @param after only what comes after this position; null for the beginning. Only with at most one
 *     sort key, of {@code KEY}, {@code UPDATED} or {@code EFFECTIVE}
 */
public record ObservationQuery(
    TenantId tenant,
    Criterion filter,
    List<Sort> sort,
    int limit,
    long offset,
    ObservationPosition after) {

  /** Refuses missing parts and a limit below 1. */
  public ObservationQuery {
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(filter, "filter");
    sort = List.copyOf(sort);
    if (limit < 1 || offset < 0) {
      throw new IllegalArgumentException("limit is at least 1, offset at least 0");
    }
  }

  /** The first of the order of keys. */
  public static ObservationQuery of(TenantId tenant, Criterion filter, int limit) {
    return new ObservationQuery(tenant, filter, List.of(), limit, 0, null);
  }

  /** The same in another order. */
  public ObservationQuery sortedBy(Sort... keys) {
    return new ObservationQuery(tenant, filter, List.of(keys), limit, offset, after);
  }

  /** The same, beginning after a hit of an earlier page. */
  public ObservationQuery after(ObservationPosition position) {
    return new ObservationQuery(tenant, filter, sort, limit, 0, position);
  }
}
