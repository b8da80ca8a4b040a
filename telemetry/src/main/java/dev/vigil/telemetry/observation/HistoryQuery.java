package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Versions of one Observation or of all, newest first; of those written at one moment the greater
 * key and version first. Deletions are among them.
 *
 * @param key of one Observation; empty for all of the tenant
 * @param from written at or after; null is open
 * @param to written at or before; null is open
 * @param currentAtFrom also the version that was current at {@code from}, as {@code _at} asks
 * @param offset so many are left out first
 * @param limit at most so many
 */
public record HistoryQuery(
    TenantId tenant,
    Optional<ObservationKey> key,
    Instant from,
    Instant to,
    boolean currentAtFrom,
    long offset,
    int limit) {

  /** Refuses a missing tenant and negative numbers. */
  public HistoryQuery {
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(key, "key");
    if (offset < 0 || limit < 0) {
      throw new IllegalArgumentException("offset and limit are at least 0");
    }
  }
}
