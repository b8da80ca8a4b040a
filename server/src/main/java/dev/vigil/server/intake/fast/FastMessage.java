package dev.vigil.server.intake.fast;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.KnownShape;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.ObservationIdentifier;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Instant;
import java.util.List;

/**
 * A request that is ready to be committed but for what only the database can tell.
 *
 * @param now when it came in, to the millisecond
 * @param written what happens
 * @param event the same, as the log will tell it
 */
record FastMessage(
    TenantId tenant,
    String client,
    String requestId,
    Instant now,
    List<Item> items,
    ResourcesWritten written,
    EventLog.Prepared event) {

  /**
   * A new Observation.
   *
   * @param entries what searches find beside shape and row
   * @param references what searches know that it refers to
   * @param measured the device behind that, and whose it must be when; null for what is no reading
   * @param claimed the identifier that nobody else may have; null for a plain create
   * @param condition as it was sent; null for a plain create
   */
  record Item(
      KnownShape shape,
      List<Leaf> leaves,
      ObservationKey key,
      Effective effective,
      Instant placedAt,
      List<IndexEntry> entries,
      List<Reference> references,
      Measured measured,
      ObservationIdentifier claimed,
      String condition) {}

  /**
   * A reference.
   *
   * @param path FHIRPath of the element
   */
  record Reference(String path, String type, String id) {

    /** For example {@code Patient/1}. */
    String text() {
      return type + "/" + id;
    }
  }

  /**
   * Says that a device must have been a patient's at a moment.
   *
   * @param reference to the Device or DeviceMetric
   * @param device the one behind it
   */
  record Measured(String reference, DeviceId device, PatientId patient, Instant at) {}

  /** Two requests are never the same one. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "FastMessage[" + items.size() + "]";
  }
}
