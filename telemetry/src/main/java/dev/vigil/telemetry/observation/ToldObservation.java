package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.List;

/**
 * All that the log tells of one Observation.
 *
 * @param versions from the first to the newest, none left out
 */
record ToldObservation(TenantId tenant, ObservationKey key, String id, List<Version> versions) {

  ToldObservation {
    versions = List.copyOf(versions);
  }

  /**
   * A version.
   *
   * @param sequence of the event that told of it
   * @param at when it was written
   * @param json null for a deletion
   */
  record Version(long number, long sequence, Instant at, String json) {

    boolean deleted() {
      return json == null;
    }
  }

  Version newest() {
    return versions.get(versions.size() - 1);
  }

  /** Without what it says. */
  @Override
  public String toString() {
    return "ToldObservation[" + key.id() + " versions " + versions.size() + "]";
  }
}
