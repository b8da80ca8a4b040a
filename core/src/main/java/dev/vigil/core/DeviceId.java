package dev.vigil.core;

import java.util.Objects;

/**
 * Names a FHIR Device by its logical id in its tenant.
 *
 * @param value the logical id, without the resource type
 */
public record DeviceId(String value) {

  /** Refuses null. */
  public DeviceId {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return value;
  }
}
