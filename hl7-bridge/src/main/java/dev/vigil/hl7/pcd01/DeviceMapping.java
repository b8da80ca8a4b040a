package dev.vigil.hl7.pcd01;

import dev.vigil.core.Code;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.IdentifierSystems;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricCategory;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricOperationalStatus;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;

/**
 * Which device measured, and its Device and DeviceMetric (HL7 PoCD: Observation.device ->
 * DeviceMetric -> source = the device as a whole).
 *
 * <p>A device is known by the OBX-18 of its MDS row; else by the one of the metric's row or the
 * nearest row above it; else by the EUI-64 of OBR-3, else of MSH-3, which then stands for whatever
 * hangs on that gateway.
 */
final class DeviceMapping {

  private static final String METRIC_SYSTEM = "urn:vigil:hl7:device-metric";

  /** Partition 8, terms 4096 to 4127 of MDC are personal device specializations. */
  private static final int SPECIALIZATIONS = 8 * 65_536 + 4096;

  private final IdentifierSystems systems;

  DeviceMapping(IdentifierSystems systems) {
    this.systems = systems;
  }

  /** The identifier of the device behind a row; empty if the message names none. */
  Optional<Identifier> identify(Er7Message message, ContainmentTree tree, Er7Segment obx) {
    return tree.device(obx)
        .flatMap(this::equipment)
        .or(() -> tree.inherited(obx, this::equipment))
        .or(() -> eui(tree.order().component(3, 3), tree.order().component(3, 4)))
        .or(() -> eui(message.header().component(3, 2), message.header().component(3, 3)));
  }

  /** The device as the MDS row tells it. */
  Device device(Identifier identifier, Optional<CodeableConcept> type, Reference patient) {
    Device device = new Device();
    device.addIdentifier(identifier);
    device.setStatus(Device.FHIRDeviceStatus.ACTIVE);
    type.ifPresent(device::setType);
    device.setPatient(patient);
    return device;
  }

  /** Whether a type is a personal health device: its Observations name the Device itself. */
  static boolean personal(CodeableConcept type) {
    return type.getCoding().stream()
        .filter(coding -> Code.MDC.equals(coding.getSystem()))
        .filter(coding -> coding.getCode().matches("\\d{1,9}"))
        .mapToInt(coding -> Integer.parseInt(coding.getCode()))
        .anyMatch(code -> code >= SPECIALIZATIONS && code < SPECIALIZATIONS + 32);
  }

  /** What the device measures in a row. */
  DeviceMetric metric(
      Identifier device,
      Reference source,
      CodeableConcept type,
      Optional<CodeableConcept> unit,
      String measuredHow) {
    DeviceMetric metric = new DeviceMetric();
    metric.addIdentifier(metricIdentifier(device, type));
    metric.setType(type);
    unit.ifPresent(metric::setUnit);
    metric.setSource(source);
    metric.setOperationalStatus(DeviceMetricOperationalStatus.ON);
    metric.setCategory(
        switch (measuredHow) {
          case "ASET", "MSET" -> DeviceMetricCategory.SETTING;
          case "ACALC", "MCALC" -> DeviceMetricCategory.CALCULATION;
          default -> DeviceMetricCategory.MEASUREMENT;
        });
    return metric;
  }

  private static Identifier metricIdentifier(Identifier device, CodeableConcept type) {
    String owner =
        device.getSystem().equals(IdentifierSystems.EUI_64)
            ? device.getValue()
            : device.getSystem().substring(device.getSystem().lastIndexOf(':') + 1)
                + ":"
                + device.getValue();
    String code = type.hasCoding() ? type.getCodingFirstRep().getCode() : type.getText();
    return new Identifier().setSystem(METRIC_SYSTEM).setValue(owner + "/" + code);
  }

  /** OBX-18: {@code EUI^^EUI^EUI-64}, and what senders make of it. */
  private Optional<Identifier> equipment(Er7Segment obx) {
    String entity = obx.component(18, 1);
    if (entity.isEmpty()) {
      return eui(obx.component(18, 3), obx.component(18, 4));
    }
    boolean saysEui =
        saysEui(obx.component(18, 2))
            || saysEui(obx.component(18, 3))
            || saysEui(obx.component(18, 4));
    if (saysEui && IdentifierSystems.eui(entity)) {
      return eui(entity, "EUI-64");
    }
    // A serial number in the maker's space; one without a maker is only unique to its sender.
    String namespace = saysEui(obx.component(18, 2)) ? "" : obx.component(18, 2);
    String system =
        systems
            .system(namespace, obx.component(18, 3), obx.component(18, 4))
            .orElse("urn:vigil:hl7:equipment");
    return Optional.of(new Identifier().setSystem(system).setValue(entity));
  }

  private static Optional<Identifier> eui(String value, String type) {
    return saysEui(type) && IdentifierSystems.eui(value)
        ? Optional.of(
            new Identifier()
                .setSystem(IdentifierSystems.EUI_64)
                .setValue(IdentifierSystems.dashed(value)))
        : Optional.empty();
  }

  private static boolean saysEui(String type) {
    return type.equals("EUI-64") || type.equals("EUI64");
  }
}
