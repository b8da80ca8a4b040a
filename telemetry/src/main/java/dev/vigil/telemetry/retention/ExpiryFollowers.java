package dev.vigil.telemetry.retention;

import dev.vigil.core.TenantId;
import java.time.Instant;

/** What is made of Observations, and is made anew when some were deleted. */
@FunctionalInterface
public interface ExpiryFollowers {

  /**
   * Brings aggregates and newest values in line with the Observations that are left. Doing it twice
   * changes nothing.
   *
   * @param from first moment of the time that lost Observations
   * @param before the first moment behind it
   */
  void follow(TenantId tenant, Instant from, Instant before);
}
