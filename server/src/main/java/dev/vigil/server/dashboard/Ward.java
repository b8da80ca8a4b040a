package dev.vigil.server.dashboard;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.delivery.ResourceReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;

/** What people call patients and devices. Reads all that a page names at once. */
@Component
class Ward {

  private final ResourceReader resources;

  Ward(ResourceReader resources) {
    this.resources = resources;
  }

  /** A name for each, also for those we do not know. */
  Map<PatientId, String> patients(TenantId tenant, Set<PatientId> ids) {
    return names(tenant, Patient.class, ids, PatientId::value, Ward::name, "Unknown patient");
  }

  /** A name for each, also for those we do not know. */
  Map<DeviceId, String> devices(TenantId tenant, Set<DeviceId> ids) {
    return names(tenant, Device.class, ids, DeviceId::value, Ward::name, "Unknown device");
  }

  private <I, T extends Resource> Map<I, String> names(
      TenantId tenant,
      Class<T> type,
      Set<I> ids,
      Function<I, String> value,
      Function<T, String> name,
      String unknown) {
    Map<String, T> found =
        resources.readAll(tenant, type, ids.stream().map(value).collect(Collectors.toSet()));
    Map<I, String> names = new HashMap<>();
    for (I id : ids) {
      T resource = found.get(value.apply(id));
      names.put(id, resource == null ? unknown : name.apply(resource));
    }
    return names;
  }

  static String name(Patient patient) {
    HumanName name = patient.getNameFirstRep();
    String text = name.hasText() ? name.getText() : name.getNameAsSingleString();
    return text == null || text.isBlank() ? "Patient without a name" : text;
  }

  private static String name(Device device) {
    if (device.hasDeviceName()) {
      return device.getDeviceNameFirstRep().getName();
    }
    if (device.getType().hasText()) {
      return device.getType().getText();
    }
    String display = device.getType().getCodingFirstRep().getDisplay();
    return display == null ? "Device" : display;
  }
}
