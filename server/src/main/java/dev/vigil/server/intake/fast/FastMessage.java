package dev.vigil.server.intake.fast;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.EventLog;
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
   * @param patient id of its subject; null for none
   * @param device its reference, for example {@code Device/1}; null for none
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
      String patient,
      String device,
      Measured measured,
      ObservationIdentifier claimed,
      String condition) {}

  /** Says that a device must have been a patient's at a moment. */
  record Measured(DeviceId device, PatientId patient, Instant at) {}

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
