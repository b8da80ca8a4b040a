package dev.vigil.core;

import java.util.Objects;

/**
 * Names a FHIR Observation by its logical id in its tenant.
 *
 * @param value the logical id, without the resource type
 */
public record ObservationId(String value) {

  /** Refuses null. */
  public ObservationId {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return value;
  }
}
