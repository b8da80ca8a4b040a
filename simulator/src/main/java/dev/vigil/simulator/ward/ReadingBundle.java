package dev.vigil.simulator.ward;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Readings as Observations of the HL7 personal-device guide, in a transaction. An identifier made
 * of device, patient, type and time goes along as {@code ifNoneExist}, so that a repeat stores
 * nothing.
 */
public final class ReadingBundle {

  static final String UCUM = "http://unitsofmeasure.org";

  /** System of a reading's identifier (PHD 2.0, PhdBaseObservation). */
  public static final String IDENTIFIER_SYSTEM =
      "http://hl7.org/fhir/uv/phd/StructureDefinition/PhdBaseObservation";

  private static final DateTimeFormatter COMPACT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String BATTERY_STATUS = "721280";

  private final ObjectNode bundle = JsonNodeFactory.withExactBigDecimals(true).objectNode();
  private final ArrayNode entries;
  private final boolean conditional;

  /** An empty transaction whose entries are created conditionally. */
  public ReadingBundle() {
    this(true);
  }

  /**
   * An empty transaction.
   *
   * @param conditional false: each entry is a plain create, also when it was sent before
   */
  public ReadingBundle(boolean conditional) {
    this.conditional = conditional;
    bundle.put("resourceType", "Bundle").put("type", "transaction");
    entries = bundle.putArray("entry");
  }

  /** The Bundle. */
  public ObjectNode json() {
    return bundle;
  }

  /** How many Observations are in it. */
  public int size() {
    return entries.size();
  }

  /** Each Observation's identifier, in order. */
  public List<String> identifiers() {
    List<String> identifiers = new ArrayList<>();
    entries.forEach(
        entry ->
            identifiers.add(
                entry.path("resource").path("identifier").path(0).path("value").asText()));
    return identifiers;
  }

  /** Adds what a patient's device shows at a moment. */
  public ReadingBundle add(
      Scenario scenario, Registered who, Measurement measurement, Instant moment) {
    ObjectNode observation =
        add(who, measurement, moment, signal -> scenario.value(who.patient(), signal, moment));
    if (measurement == Measurement.INTERROGATION) {
      ObjectNode component = ((ArrayNode) observation.get("component")).addObject();
      new Coded("Battery status", BATTERY_STATUS, List.of()).into(component.putObject("code"));
      component
          .putObject("valueCodeableConcept")
          .putArray("coding")
          .addObject()
          .put("system", Coded.MDC)
          .put("code", scenario.batteryStatus(who.patient(), moment));
      observation
          .putArray("extension")
          .addObject()
          .put("url", "http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice")
          .putObject("valueReference")
          .put("reference", who.devices().get(DeviceModel.HOME_MONITOR));
    }
    return this;
  }

  /**
   * Adds a reading with given values.
   *
   * @return the Observation, for what else it shall have
   */
  public ObjectNode add(
      Registered who, Measurement measurement, Instant moment, Function<Signal, BigDecimal> value) {
    ObjectNode entry = entries.addObject();
    ObjectNode observation = entry.putObject("resource");
    observation.put("resourceType", "Observation");
    observation
        .putObject("meta")
        .putArray("profile")
        .add(
            "https://vigil.dev/fhir/StructureDefinition/"
                + (measurement.panel() ? "compound-reading" : "numeric-reading"));
    String identifier = identifier(who, measurement, moment);
    observation
        .putArray("identifier")
        .addObject()
        .put("system", IDENTIFIER_SYSTEM)
        .put("value", identifier);
    observation.put("status", "final");
    ArrayNode categories = observation.putArray("category");
    if (measurement.vitalSign()) {
      category(
          categories, "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs");
    }
    category(categories, "http://hl7.org/fhir/uv/phd/CodeSystem/PhdObservationCategories", "phd");
    measurement.coded().into(observation.putObject("code"));
    observation.putObject("subject").put("reference", who.reference());
    observation.put("effectiveDateTime", moment.toString());
    if (measurement.panel()) {
      ArrayNode components = observation.putArray("component");
      for (Signal signal : measurement.signals()) {
        ObjectNode component = components.addObject();
        signal.coded().into(component.putObject("code"));
        quantity(component, signal, value.apply(signal));
      }
    } else {
      Signal signal = measurement.signals().get(0);
      quantity(observation, signal, value.apply(signal));
    }
    observation.putObject("device").put("reference", who.source(measurement));
    ObjectNode request = entry.putObject("request").put("method", "POST").put("url", "Observation");
    if (conditional) {
      request.put(
          "ifNoneExist",
          "identifier="
              + IDENTIFIER_SYSTEM
              + "|"
              + URLEncoder.encode(identifier, StandardCharsets.UTF_8));
    }
    return observation;
  }

  /** {@code device-patient-type-timestamp}; the patient by the server's id. */
  static String identifier(Registered who, Measurement measurement, Instant moment) {
    return String.join(
        "-",
        who.patient().eui64(who.model(measurement)).replace("-", ""),
        who.reference().substring(who.reference().indexOf('/') + 1),
        measurement.coded().first(),
        COMPACT.format(moment));
  }

  private static void category(ArrayNode categories, String system, String code) {
    categories.addObject().putArray("coding").addObject().put("system", system).put("code", code);
  }

  private static void quantity(ObjectNode holder, Signal signal, BigDecimal value) {
    holder
        .putObject("valueQuantity")
        .put("value", value)
        .put("unit", signal.unit())
        .put("system", UCUM)
        .put("code", signal.unit());
  }
}
