package dev.vigil.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.bench.load.Cohort.Member;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Patient by conditional create, Device and DeviceMetric by conditional update. */
final class CohortRegistration {

  private static final int PATIENTS_A_BUNDLE = 5;
  private static final String SYSTEM = "urn:vigil:bench";
  private static final String EUI_64 = "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680";
  private static final String PROFILE = "https://vigil.dev/fhir/StructureDefinition/monitoring-";
  private static final Pattern LOCATION =
      Pattern.compile("(?:^|.*/)([A-Z][A-Za-z]+/[A-Za-z0-9\\-.]{1,64})(?:/_history/[^/]+)?$");

  private final UnaryOperator<JsonNode> transaction;

  CohortRegistration(UnaryOperator<JsonNode> transaction) {
    this.transaction = transaction;
  }

  /** Of one device, in hex. */
  static String eui64(int patient, DeviceRole role) {
    return String.format(Locale.ROOT, "0A4500FFFE%04X%02X", patient, role.ordinal());
  }

  List<Member> register(int patients) {
    List<Member> members = new ArrayList<>();
    for (int first = 0; first < patients; first += PATIENTS_A_BUNDLE) {
      int behind = Math.min(patients, first + PATIENTS_A_BUNDLE);
      JsonNode answer = transaction.apply(bundle(first, behind));
      members.addAll(members(first, behind, answer.path("entry")));
    }
    return members;
  }

  private static List<Member> members(int first, int behind, JsonNode answers) {
    List<Member> members = new ArrayList<>();
    int next = 0;
    for (int number = first; number < behind; number++) {
      String subject = reference(answers, next++, "Patient");
      Map<DeviceRole, String> devices = new EnumMap<>(DeviceRole.class);
      for (DeviceRole role : DeviceRole.values()) {
        devices.put(role, reference(answers, next++, "Device"));
      }
      Map<ReadingKind, String> sources = new EnumMap<>(ReadingKind.class);
      for (ReadingKind kind : ReadingKind.values()) {
        sources.put(
            kind,
            kind.byMetric()
                ? reference(answers, next++, "DeviceMetric")
                : devices.get(kind.role()));
      }
      members.add(new Member(number, subject, sources));
    }
    return members;
  }

  private static String reference(JsonNode answers, int index, String type) {
    String location = answers.path(index).path("response").path("location").asText();
    Matcher matcher = LOCATION.matcher(location);
    if (!matcher.matches() || !matcher.group(1).startsWith(type + "/")) {
      throw new IllegalStateException("entry " + index + " of the registration is no " + type);
    }
    return matcher.group(1);
  }

  private static ObjectNode bundle(int first, int behind) {
    ObjectNode bundle = JsonNodeFactory.instance.objectNode();
    bundle.put("resourceType", "Bundle").put("type", "transaction");
    ArrayNode entries = bundle.putArray("entry");
    for (int number = first; number < behind; number++) {
      patient(entries, number);
      for (DeviceRole role : DeviceRole.values()) {
        device(entries, number, role);
      }
      for (ReadingKind kind : ReadingKind.values()) {
        if (kind.byMetric()) {
          metric(entries, number, kind);
        }
      }
    }
    return bundle;
  }

  private static void patient(ArrayNode entries, int number) {
    String mrn = "bench-" + number;
    ObjectNode patient = resource(entries, "Patient", number, "patient");
    patient.putArray("identifier").addObject().put("system", SYSTEM).put("value", mrn);
    patient.putArray("name").addObject().put("family", "Bench Patient " + number);
    patient.put("gender", number % 2 == 0 ? "female" : "male").put("birthDate", "1950-01-01");
    request(entries)
        .put("method", "POST")
        .put("url", "Patient")
        .put("ifNoneExist", "identifier=" + SYSTEM + "|" + mrn);
  }

  private static void device(ArrayNode entries, int number, DeviceRole role) {
    String eui64 = eui64(number, role);
    ObjectNode device = resource(entries, "Device", number, role.text());
    device.putObject("meta").putArray("profile").add(PROFILE + "device");
    device.putArray("identifier").addObject().put("system", EUI_64).put("value", eui64);
    device.put("status", "active").put("serialNumber", eui64);
    ObjectNode type = device.putObject("type");
    type.putArray("coding").addObject().put("system", SYSTEM).put("code", role.text());
    type.put("text", role.text());
    device.putObject("patient").put("reference", temporary(number, "patient"));
    request(entries).put("method", "PUT").put("url", "Device?identifier=" + EUI_64 + "|" + eui64);
  }

  private static void metric(ArrayNode entries, int number, ReadingKind kind) {
    String key = eui64(number, kind.role()) + "." + kind.metricCode();
    ObjectNode metric = resource(entries, "DeviceMetric", number, kind.text());
    metric.putObject("meta").putArray("profile").add(PROFILE + "metric");
    metric.putArray("identifier").addObject().put("system", SYSTEM).put("value", key);
    coding(metric.putObject("type"), "urn:iso:std:iso:11073:10101", kind.metricCode());
    coding(metric.putObject("unit"), "http://unitsofmeasure.org", kind.metricUnit());
    metric.putObject("source").put("reference", temporary(number, kind.role().text()));
    metric.put("operationalStatus", "on").put("category", "measurement");
    metric
        .putObject("measurementPeriod")
        .putObject("repeat")
        .put("frequency", 1)
        .put("period", 1)
        .put("periodUnit", "s");
    request(entries)
        .put("method", "PUT")
        .put("url", "DeviceMetric?identifier=" + SYSTEM + "|" + key);
  }

  private static void coding(ObjectNode concept, String system, String code) {
    concept.putArray("coding").addObject().put("system", system).put("code", code);
  }

  private static ObjectNode resource(ArrayNode entries, String type, int number, String what) {
    return entries
        .addObject()
        .put("fullUrl", temporary(number, what))
        .putObject("resource")
        .put("resourceType", type);
  }

  private static ObjectNode request(ArrayNode entries) {
    return ((ObjectNode) entries.get(entries.size() - 1)).putObject("request");
  }

  private static String temporary(int number, String what) {
    byte[] name = (number + "/" + what).getBytes(StandardCharsets.UTF_8);
    return "urn:uuid:" + UUID.nameUUIDFromBytes(name);
  }
}
