package dev.vigil.core;

import java.util.Objects;

/**
 * Names a FHIR Patient by its logical id in its tenant.
 *
 * @param value the logical id, without the resource type
 */
public record PatientId(String value) {

  /** Refuses null. */
  public PatientId {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return value;
  }
}
