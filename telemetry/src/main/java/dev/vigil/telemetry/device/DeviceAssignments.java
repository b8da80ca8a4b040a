package dev.vigil.telemetry.device;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.Optional;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;

/**
 * Whose a device was when. A device's first assignment reaches back without limit, so that history
 * may be filled in; each later one begins when Device.patient changed, or at the time its {@code
 * assigned-since} extension names.
 */
public interface DeviceAssignments {

  /** Notes a written Device, in the caller's transaction. */
  void deviceWritten(TenantId tenant, Device device, Instant now);

  /** Notes a written DeviceMetric, in the caller's transaction. */
  void deviceMetricWritten(TenantId tenant, DeviceMetric metric);

  /**
   * Forgets a deleted DeviceMetric, in the caller's transaction.
   *
   * @param metric its id
   */
  void deviceMetricDeleted(TenantId tenant, String metric);

  /** Begins the first assignment of a device that has none, in the caller's transaction. */
  void assign(TenantId tenant, DeviceId device, PatientId patient);

  /**
   * The device behind a reference.
   *
   * @param reference {@code Device/x} or {@code DeviceMetric/x}
   * @return empty if it is unknown
   */
  Optional<DeviceId> deviceOf(TenantId tenant, String reference);

  /** Whether the device was ever assigned to anybody. */
  boolean everAssigned(TenantId tenant, DeviceId device);

  /** Whose the device was at a moment. */
  Optional<PatientId> patientAt(TenantId tenant, DeviceId device, Instant moment);
}
