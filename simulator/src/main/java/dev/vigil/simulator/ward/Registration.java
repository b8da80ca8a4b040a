package dev.vigil.simulator.ward;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.TransactionResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Makes patients, their devices and metrics known: Patient by conditional create, Device and
 * DeviceMetric by conditional update, tied by temporary ids. Doing it again changes nothing.
 */
public final class Registration {

  /** System of a device's EUI-64. */
  public static final String EUI_64 = "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680";

  private static final String METRIC_SYSTEM = "https://vigil.dev/fhir/demo/metric";
  private static final int PATIENTS_A_BUNDLE = 5;

  private Registration() {}

  /**
   * Registers a ward.
   *
   * @return in the order of the ward
   * @throws IllegalStateException if the answer does not tell what was stored where
   */
  public static List<Registered> register(FhirClient client, Ward ward) {
    List<WardPatient> patients = ward.patients();
    List<Registered> registered = new ArrayList<>();
    for (int i = 0; i < patients.size(); i += PATIENTS_A_BUNDLE) {
      List<WardPatient> part =
          patients.subList(i, Math.min(patients.size(), i + PATIENTS_A_BUNDLE));
      registered.addAll(references(part, client.transaction(bundle(part))));
    }
    return registered;
  }

  /** The transaction for some patients. */
  public static ObjectNode bundle(List<WardPatient> patients) {
    ObjectNode bundle = JsonNodeFactory.instance.objectNode();
    bundle.put("resourceType", "Bundle").put("type", "transaction");
    ArrayNode entries = bundle.putArray("entry");
    for (WardPatient patient : patients) {
      patient(entries, patient);
      for (DeviceModel model : patient.kind().devices()) {
        device(entries, patient, model);
        model.measurements().stream()
            .filter(measurement -> !measurement.panel())
            .forEach(measurement -> metric(entries, patient, model, measurement));
      }
    }
    return bundle;
  }

  private static List<Registered> references(List<WardPatient> patients, TransactionResult result) {
    int next = 0;
    List<Registered> registered = new ArrayList<>();
    for (WardPatient patient : patients) {
      String reference = reference(result, next++, "Patient");
      Map<DeviceModel, String> devices = new EnumMap<>(DeviceModel.class);
      Map<Measurement, String> metrics = new EnumMap<>(Measurement.class);
      for (DeviceModel model : patient.kind().devices()) {
        devices.put(model, reference(result, next++, "Device"));
        for (Measurement measurement : model.measurements()) {
          if (!measurement.panel()) {
            metrics.put(measurement, reference(result, next++, "DeviceMetric"));
          }
        }
      }
      registered.add(new Registered(patient, reference, devices, metrics));
    }
    return registered;
  }

  private static String reference(TransactionResult result, int index, String type) {
    String reference =
        index < result.entries().size() ? result.entries().get(index).reference() : "";
    if (!reference.startsWith(type + "/")) {
      throw new IllegalStateException(
          "Bundle.entry[" + index + "].response.location of the answer names no " + type);
    }
    return reference;
  }

  private static void patient(ArrayNode entries, WardPatient patient) {
    ObjectNode resource = entry(entries, temporary(patient, "patient"), "Patient");
    identifier(resource, WardPatient.MRN_SYSTEM, patient.mrn());
    resource.put("active", true);
    ObjectNode name = resource.putArray("name").addObject();
    name.put("use", "anonymous").put("text", patient.given() + " " + patient.family());
    name.put("family", patient.family()).putArray("given").add(patient.given());
    resource.put("gender", patient.gender()).put("birthDate", patient.birthDate().toString());
    request(entries)
        .put("method", "POST")
        .put("url", "Patient")
        .put("ifNoneExist", "identifier=" + WardPatient.MRN_SYSTEM + "|" + patient.mrn());
  }

  private static void device(ArrayNode entries, WardPatient patient, DeviceModel model) {
    ObjectNode resource = entry(entries, temporary(patient, model.name()), "Device");
    profile(resource, "monitoring-device");
    identifier(resource, EUI_64, patient.eui64(model));
    resource.put("status", "active").put("manufacturer", "Vigil simulator");
    resource.put("serialNumber", patient.eui64(model).replace("-", ""));
    ObjectNode name = resource.putArray("deviceName").addObject();
    name.put("name", model.display()).put("type", "user-friendly-name");
    ObjectNode type = resource.putObject("type");
    type.putArray("coding")
        .addObject()
        .put("system", model.typeSystem())
        .put("code", model.typeCode());
    type.put("text", model.display());
    resource.putObject("patient").put("reference", temporary(patient, "patient"));
    request(entries)
        .put("method", "PUT")
        .put("url", "Device?identifier=" + EUI_64 + "|" + patient.eui64(model));
  }

  private static void metric(
      ArrayNode entries, WardPatient patient, DeviceModel model, Measurement measurement) {
    String key = patient.eui64(model) + "." + measurement.coded().first();
    ObjectNode resource =
        entry(entries, temporary(patient, model + "." + measurement), "DeviceMetric");
    profile(resource, "monitoring-metric");
    identifier(resource, METRIC_SYSTEM, key);
    measurement.coded().into(resource.putObject("type"));
    String unit = measurement.signals().get(0).unit();
    resource
        .putObject("unit")
        .putArray("coding")
        .addObject()
        .put("system", ReadingBundle.UCUM)
        .put("code", unit);
    resource.putObject("source").put("reference", temporary(patient, model.name()));
    resource.put("operationalStatus", "on").put("category", "measurement");
    Duration interval = measurement.interval();
    boolean whole = interval.toSeconds() % 60 == 0;
    resource
        .putObject("measurementPeriod")
        .putObject("repeat")
        .put("frequency", 1)
        .put("period", whole ? interval.toMinutes() : interval.toSeconds())
        .put("periodUnit", whole ? "min" : "s");
    request(entries)
        .put("method", "PUT")
        .put("url", "DeviceMetric?identifier=" + METRIC_SYSTEM + "|" + key);
  }

  private static ObjectNode entry(ArrayNode entries, String fullUrl, String type) {
    return entries
        .addObject()
        .put("fullUrl", fullUrl)
        .putObject("resource")
        .put("resourceType", type);
  }

  private static ObjectNode request(ArrayNode entries) {
    return ((ObjectNode) entries.get(entries.size() - 1)).putObject("request");
  }

  private static void profile(ObjectNode resource, String name) {
    resource
        .putObject("meta")
        .putArray("profile")
        .add("https://vigil.dev/fhir/StructureDefinition/" + name);
  }

  private static void identifier(ObjectNode resource, String system, String value) {
    resource.putArray("identifier").addObject().put("system", system).put("value", value);
  }

  private static String temporary(WardPatient patient, String what) {
    byte[] name = (patient.mrn() + "/" + what).getBytes(StandardCharsets.UTF_8);
    return "urn:uuid:" + UUID.nameUUIDFromBytes(name);
  }
}
