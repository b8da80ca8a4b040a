package dev.vigil.hl7.pcd04;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.v26.message.ORU_R01;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.util.Terser;
import dev.vigil.core.Code;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Alert;
import dev.vigil.hl7.er7.Hl7Time;
import dev.vigil.hl7.er7.IdentifierSystems;
import dev.vigil.hl7.er7.MappingTable;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.MetricDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;

/**
 * Writes one step of an alert as ORU^R40^ORU_R40 (IHE DEV TF-2, PCD-04): one OBR, and an OBX for
 * each of the facets 1 to 7. The same input gives the same text.
 */
final class Pcd04Message {

  private static final String APPLICATION = "VIGIL";
  private static final MappingTable EVENTS =
      MappingTable.beside(Pcd04Message.class, "alert-events.csv");
  private static final MappingTable REFIDS =
      MappingTable.beside(Pcd04Message.class, "mdc-refids.csv");
  private static final List<String> ALARM = List.of("", "196616", "MDC_EVT_ALARM", "A");

  private final Pcd04Properties properties;
  private final MetricCatalog catalog;
  private final PidSegment pid;

  Pcd04Message(Pcd04Properties properties, MetricCatalog catalog) {
    this.properties = properties;
    this.catalog = catalog;
    this.pid = new PidSegment(new IdentifierSystems(properties.authorities()));
  }

  /**
   * The text of a step.
   *
   * @param controlId MSH-10
   * @param writtenAt MSH-7; our time of the event, so that a repeat is the same text
   * @param patient empty if it is gone: then PID-3 holds our id alone
   * @param device that measured; empty if it is gone
   * @param settings of the destination
   */
  String write(
      AlertStep step,
      String controlId,
      Instant writtenAt,
      Optional<Patient> patient,
      Optional<Device> device,
      Map<String, String> settings) {
    try {
      ORU_R01 message = new ORU_R01();
      Terser terser = new Terser(message);
      header(terser, controlId, writtenAt, settings);
      pid.write(terser, step.alert().trigger().patient(), patient);
      terser.set("/.PV1-2", "U");
      order(terser, step, controlId);
      new Facets(terser, step, device).write();
      return PipeParser.getInstanceWithNoValidation().encode(message);
    } catch (HL7Exception e) {
      // The library's words may quote what it was given.
      throw new IllegalStateException("an alert could not be written as HL7 v2");
    }
  }

  private void header(
      Terser terser, String controlId, Instant writtenAt, Map<String, String> settings)
      throws HL7Exception {
    terser.set("MSH-1", "|");
    terser.set("MSH-2", "^~\\&");
    terser.set("MSH-3-1", APPLICATION);
    universal(terser, "MSH-3-");
    terser.set("MSH-4", properties.facility());
    terser.set("MSH-5", settings.getOrDefault(Hl7Destinations.RECEIVING_APPLICATION, ""));
    terser.set("MSH-6", settings.getOrDefault(Hl7Destinations.RECEIVING_FACILITY, ""));
    terser.set("MSH-7", Hl7Time.write(writtenAt));
    terser.set("MSH-9-1", "ORU");
    terser.set("MSH-9-2", "R40");
    terser.set("MSH-9-3", "ORU_R40");
    terser.set("MSH-10", controlId);
    terser.set("MSH-11", "P");
    terser.set("MSH-12", "2.6");
    terser.set("MSH-15", "AL");
    terser.set("MSH-16", "NE");
    terser.set("MSH-18", "UNICODE UTF-8");
    terser.set("MSH-21-1", "IHE_PCD_ACM_001");
    terser.set("MSH-21-2", "IHE PCD");
    terser.set("MSH-21-3", "1.3.6.1.4.1.19376.1.6.1.4.1");
    terser.set("MSH-21-4", "ISO");
  }

  /** OBR-3 of the onset is the instance; follow-ups have one of their own and point back to it. */
  private void order(Terser terser, AlertStep step, String controlId) throws HL7Exception {
    String instance = step.alert().id().value();
    String own = step.onset() ? instance : instance + "." + controlId;
    for (String field : List.of("2", "3")) {
      terser.set("/.OBR-" + field + "-1", own);
      terser.set("/.OBR-" + field + "-2", APPLICATION);
      if (!properties.eui().isEmpty()) {
        terser.set("/.OBR-" + field + "-3", properties.eui());
        terser.set("/.OBR-" + field + "-4", "EUI-64");
      }
    }
    terser.set("/.OBR-1", "1");
    code(terser, "/.OBR-4-", "196616", "MDC_EVT_ALARM", "MDC");
    terser.set("/.OBR-7", Hl7Time.write(step.at()));
    if (!step.onset()) {
      terser.set("/.OBR-29-2-1", instance);
      terser.set("/.OBR-29-2-2", APPLICATION);
      if (!properties.eui().isEmpty()) {
        terser.set("/.OBR-29-2-3", properties.eui());
        terser.set("/.OBR-29-2-4", "EUI-64");
      }
    }
  }

  private void universal(Terser terser, String field) throws HL7Exception {
    if (!properties.eui().isEmpty()) {
      terser.set(field + "2", properties.eui());
      terser.set(field + "3", "EUI-64");
    }
  }

  private static void code(Terser terser, String field, String code, String text, String system)
      throws HL7Exception {
    terser.set(field + "1", code);
    terser.set(field + "2", text);
    terser.set(field + "3", system);
  }

  /** The OBX of one message. */
  private final class Facets {

    private final Terser terser;
    private final AlertStep step;
    private final Optional<Device> device;
    private final Reading trigger;
    private final MetricDefinition definition;
    private final String mdc;

    Facets(Terser terser, AlertStep step, Optional<Device> device) {
      this.terser = terser;
      this.step = step;
      this.device = device;
      this.trigger = step.alert().trigger();
      this.definition = catalog.definition(trigger.metric());
      this.mdc =
          definition.codes().stream()
              .filter(code -> code.system().equals(Code.MDC))
              .map(Code::code)
              .findFirst()
              .orElse("");
    }

    void write() throws HL7Exception {
      event();
      source();
      attribute(3, "68481", "MDC_ATTR_EVENT_PHASE", step.phase());
      attribute(4, "68482", "MDC_ATTR_ALARM_STATE", step.state());
      attribute(5, "68483", "MDC_ATTR_ALARM_INACTIVATION_STATE", step.inactivation());
      attribute(6, "68484", "MDC_ATTR_ALARM_PRIORITY", priority());
      attribute(7, "68485", "MDC_ATTR_ALERT_TYPE", type());
    }

    /** A limit event says its text; the general one carries the rule's code. */
    private void event() throws HL7Exception {
      Alert alert = step.alert();
      List<String> event = EVENTS.row(alert.rule()).orElse(ALARM);
      boolean limit = event != ALARM;
      String obx = started(1, limit ? "ST" : "CWE", event.get(1), event.get(2));
      if (limit) {
        terser.set(obx + "5", alert.title());
      } else {
        code(terser, obx + "5-", alert.rule(), alert.title(), "99VIGIL");
        terser.set(obx + "5-9", alert.title());
      }
      terser.set(obx + "8(0)", event.get(3));
      terser.set(obx + "8(1)", priority());
      terser.set(obx + "8(2)", type());
      terser.set(obx + "14", Hl7Time.write(step.at()));
      if (device.isPresent() && device.get().hasIdentifier()) {
        equipment(obx, device.get().getIdentifierFirstRep());
      }
    }

    /** The sample that completed the condition, in the unit it was sent in. */
    private void source() throws HL7Exception {
      String name = REFIDS.value(mdc).orElse(definition.display());
      boolean number = trigger.value() instanceof Quantity;
      String obx = started(2, number ? "NM" : "CWE", mdc, name);
      if (mdc.isEmpty()) {
        Code loinc = definition.codes().get(0);
        code(terser, obx + "3-", loinc.code(), definition.display(), "LN");
      }
      if (trigger.value() instanceof Quantity quantity) {
        terser.set(obx + "5", quantity.value().toPlainString());
        code(terser, obx + "6-", quantity.unit(), quantity.unit(), "UCUM");
      } else if (trigger.value() instanceof Code coded) {
        terser.set(obx + "5-1", coded.code());
        terser.set(obx + "5-3", coded.system().equals(Code.MDC) ? "MDC" : "99VIGIL");
      }
      terser.set(obx + "14", Hl7Time.write(trigger.measuredAt()));
    }

    private void attribute(int facet, String code, String refId, String value) throws HL7Exception {
      terser.set(started(facet, "ST", code, refId) + "5", value);
    }

    private String started(int facet, String type, String code, String text) throws HL7Exception {
      String obx = "/.OBSERVATION(" + (facet - 1) + ")/OBX-";
      terser.set(obx + "1", Integer.toString(facet));
      terser.set(obx + "2", type);
      code(terser, obx + "3-", code, text, "MDC");
      terser.set(obx + "4", "1.0.0." + (mdc.isEmpty() ? "1" : mdc) + "." + facet);
      terser.set(obx + "11", "F");
      return obx;
    }

    private void equipment(String obx, Identifier identifier) throws HL7Exception {
      if (IdentifierSystems.EUI_64.equals(identifier.getSystem())) {
        String eui = identifier.getValue().replace("-", "");
        terser.set(obx + "18-1", eui);
        terser.set(obx + "18-3", eui);
        terser.set(obx + "18-4", "EUI-64");
      } else {
        terser.set(obx + "18-1", identifier.getValue());
        terser.set(obx + "18-2", APPLICATION);
      }
    }

    private String priority() {
      return switch (step.alert().tier()) {
        case HIGH -> "PH";
        case MEDIUM -> "PM";
        case LOW, TECH -> "PL";
      };
    }

    private String type() {
      return step.alert().tier() == Tier.TECH ? "ST" : "SP";
    }
  }
}
