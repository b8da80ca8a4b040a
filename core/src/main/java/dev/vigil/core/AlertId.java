package dev.vigil.core;

import java.util.Objects;

/**
 * Names an alert; also the logical id of its FHIR DetectedIssue.
 *
 * @param value the logical id, without the resource type
 */
public record AlertId(String value) {

  /** Refuses null. */
  public AlertId {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return value;
  }
}
