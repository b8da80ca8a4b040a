package dev.vigil.telemetry.intake;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.device.DeviceAssignments;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;

/** Assignments of one tenant in memory, as far as the intake asks for them. */
final class InMemoryDeviceAssignments implements DeviceAssignments {

  private final Set<DeviceId> devices = new HashSet<>();
  private final Map<String, DeviceId> sources = new HashMap<>();
  private final Map<DeviceId, NavigableMap<Instant, Optional<PatientId>>> owners = new HashMap<>();

  InMemoryDeviceAssignments device(String id) {
    devices.add(new DeviceId(id));
    return this;
  }

  InMemoryDeviceAssignments metric(String id, String source) {
    sources.put("DeviceMetric/" + id, new DeviceId(source));
    return this;
  }

  InMemoryDeviceAssignments since(String device, Instant since, String patient) {
    owners
        .computeIfAbsent(new DeviceId(device), id -> new TreeMap<>())
        .put(since, Optional.ofNullable(patient).map(PatientId::new));
    return this;
  }

  @Override
  public void deviceWritten(TenantId tenant, Device device, Instant now) {
    device(device.getIdElement().getIdPart());
  }

  @Override
  public void deviceMetricWritten(TenantId tenant, DeviceMetric metric) {
    metric(metric.getIdElement().getIdPart(), metric.getSource().getReferenceElement().getIdPart());
  }

  @Override
  public void deviceMetricDeleted(TenantId tenant, String metric) {
    sources.remove("DeviceMetric/" + metric);
  }

  @Override
  public void assign(TenantId tenant, DeviceId device, PatientId patient) {
    since(device.value(), Instant.MIN, patient.value());
  }

  @Override
  public Optional<DeviceId> deviceOf(TenantId tenant, String reference) {
    return reference.startsWith("Device/")
        ? Optional.of(new DeviceId(reference.substring("Device/".length())))
            .filter(devices::contains)
        : Optional.ofNullable(sources.get(reference));
  }

  @Override
  public boolean everAssigned(TenantId tenant, DeviceId device) {
    return owners.containsKey(device);
  }

  @Override
  public Optional<PatientId> patientAt(TenantId tenant, DeviceId device, Instant moment) {
    return Optional.ofNullable(owners.get(device))
        .map(history -> history.floorEntry(moment))
        .flatMap(Map.Entry::getValue);
  }
}
