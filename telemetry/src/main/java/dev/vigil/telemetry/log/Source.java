package dev.vigil.telemetry.log;

import java.util.Objects;

/**
 * Where an event came from.
 *
 * @param door the wire: {@code fhir}, {@code mllp}, {@code rules}, {@code dashboard}, {@code
 *     system}
 * @param client the authenticated client or user; for MLLP the sending application
 */
public record Source(String door, String client) {

  /** Refuses null. */
  public Source {
    Objects.requireNonNull(door, "door");
    Objects.requireNonNull(client, "client");
  }
}
