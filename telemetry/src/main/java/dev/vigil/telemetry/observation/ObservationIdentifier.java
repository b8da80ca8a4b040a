package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.util.Objects;

/**
 * An identifier that an Observation may carry.
 *
 * @param tenant whose Observations are meant
 * @param system as it stands in the Observation; never empty
 * @param value as it stands in the Observation; never empty
 */
public record ObservationIdentifier(TenantId tenant, String system, String value) {

  /** Refuses missing parts. */
  public ObservationIdentifier {
    Objects.requireNonNull(tenant, "tenant");
    if (system.isEmpty() || value.isEmpty()) {
      throw new IllegalArgumentException("an identifier has a system and a value");
    }
  }

  /** Says nothing of the value, which may tell of a person. */
  @Override
  public String toString() {
    return "ObservationIdentifier[" + tenant + "]";
  }
}
