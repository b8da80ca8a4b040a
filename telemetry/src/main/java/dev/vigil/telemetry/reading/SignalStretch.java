package dev.vigil.telemetry.reading;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.Objects;

/**
 * One metric of one patient for some time.
 *
 * @param from event time, inclusive
 * @param to event time, inclusive
 */
public record SignalStretch(
    TenantId tenant, PatientId patient, Metric metric, Instant from, Instant to) {

  /** Refuses null. */
  public SignalStretch {
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(patient, "patient");
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
  }
}
