package dev.vigil.server.dashboard;

import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.delivery.ResourceReader;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Patient;
import org.springframework.stereotype.Component;

/** What people call patients, devices and values. */
@Component
class Ward {

  private final ResourceReader resources;

  Ward(ResourceReader resources) {
    this.resources = resources;
  }

  String patient(TenantId tenant, PatientId id) {
    return resources
        .read(tenant, Patient.class, id.value())
        .map(Ward::name)
        .orElse("Unknown patient");
  }

  static String name(Patient patient) {
    HumanName name = patient.getNameFirstRep();
    String text = name.hasText() ? name.getText() : name.getNameAsSingleString();
    return text.isBlank() ? "Patient without a name" : text;
  }

  String device(TenantId tenant, DeviceId id) {
    return resources
        .read(tenant, Device.class, id.value())
        .map(Ward::name)
        .orElse("Unknown device");
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

  static String value(Reading reading) {
    ReadingValue value = reading.value();
    if (value instanceof Quantity quantity) {
      return quantity.value().toPlainString() + " " + quantity.unit();
    }
    return "code " + ((Code) value).code();
  }
}
