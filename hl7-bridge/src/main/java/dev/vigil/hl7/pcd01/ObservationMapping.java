package dev.vigil.hl7.pcd01;

import dev.vigil.core.Code;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.er7.MappingTable;
import dev.vigil.terminology.metric.MetricDefinition;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationComponentComponent;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Type;

/**
 * OBX to Observation: code, value, status and quality. Whose, by what and when is added by the
 * caller.
 */
final class ObservationMapping {

  private static final MappingTable STATUS =
      MappingTable.beside(ObservationMapping.class, "result-status.csv");
  private static final MappingTable COMPOUNDS =
      MappingTable.beside(ObservationMapping.class, "compounds.csv");

  private static final String CATEGORY =
      "http://terminology.hl7.org/CodeSystem/observation-category";
  private static final Set<String> VITAL_SIGNS =
      Set.of(
          "spo2",
          "heart-rate",
          "pulse-rate",
          "respiratory-rate",
          "body-temperature",
          "systolic-pressure",
          "diastolic-pressure",
          "mean-pressure",
          "body-weight");

  private final Codes codes;
  private final Values values;

  ObservationMapping(Codes codes) {
    this.codes = codes;
    this.values = new Values(codes);
  }

  /**
   * The code of the whole that a row is a part of, for example 150020; empty if it stands alone.
   */
  static String compound(Er7Segment obx) {
    return obx.field(2).equals("NM") ? COMPOUNDS.value(obx.field(3)).orElse("") : "";
  }

  /** One row. A repeated OBX-5 becomes a component for each repetition. */
  Observation single(Er7Segment obx, ZoneId zone) {
    MeasurementStatus said = MeasurementStatus.of(obx);
    Observation observation = started(obx, said);
    CodeableConcept code = code(obx);
    observation.setCode(code);
    if (obx.repetitions(5) > 1 && said.absent().isEmpty() && !obx.blank(5)) {
      for (int i = 1; i <= obx.repetitions(5); i++) {
        observation.addComponent().setCode(code.copy()).setValue(values.value(obx, i, zone));
      }
    } else if (said.absent().isPresent()) {
      observation.setDataAbsentReason(said.absent().get());
    } else if (obx.blank(5)) {
      observation.setDataAbsentReason(unknown());
    } else {
      observation.setValue(values.value(obx, 1, zone));
    }
    codes.addLoinc(code, unit(observation.getValue()));
    said.interpretations().forEach(observation::addInterpretation);
    categorize(observation, code);
    return observation;
  }

  /** Rows of one whole: no value of its own, a component for each row. */
  Observation compound(List<Er7Segment> parts, ZoneId zone) {
    Er7Segment first = parts.get(0);
    Observation observation = started(first, MeasurementStatus.of(first));
    List<String> whole = COMPOUNDS.row(first.field(3)).orElseThrow();
    observation
        .getCode()
        .addCoding()
        .setSystem(Code.MDC)
        .setCode(whole.get(1))
        .setDisplay(whole.get(2));
    observation.getCode().addCoding().setSystem(Code.LOINC).setCode(whole.get(3));
    for (Er7Segment part : parts) {
      MeasurementStatus said = MeasurementStatus.of(part);
      ObservationComponentComponent component = observation.addComponent();
      CodeableConcept code = code(part);
      component.setCode(code);
      if (said.absent().isPresent()) {
        component.setDataAbsentReason(said.absent().get());
      } else if (part.blank(5)) {
        component.setDataAbsentReason(unknown());
      } else {
        component.setValue(values.value(part, 1, zone));
      }
      codes.addLoinc(code, unit(component.getValue()));
      said.interpretations().forEach(component::addInterpretation);
      if (said.test()) {
        label(observation);
      }
    }
    categorize(observation, observation.getComponentFirstRep().getCode());
    return observation;
  }

  /** Marks test or demonstration data, which never raises an alert. */
  static void label(Observation observation) {
    String system = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    if (observation.getMeta().getSecurity(system, "HTEST") == null) {
      observation
          .getMeta()
          .addSecurity()
          .setSystem(system)
          .setCode("HTEST")
          .setDisplay("test health data");
    }
  }

  /** What a row means, as sent. */
  CodeableConcept code(Er7Segment obx) {
    CodeableConcept code = codes.concept(obx, 3, 1);
    if (code.isEmpty()) {
      throw new Hl7Refusal(
          obx.at(3), Hl7Error.Code.REQUIRED_FIELD, "OBX-3 does not say what was measured");
    }
    return code;
  }

  private Observation started(Er7Segment obx, MeasurementStatus said) {
    Observation observation = new Observation();
    observation.setStatus(status(obx, said));
    if (said.test()) {
      label(observation);
    }
    String how = obx.field(17);
    if (!how.isEmpty()) {
      observation.setMethod(codes.concept(obx, 17, 1));
    }
    return observation;
  }

  /**
   * X on a row that does carry a value is tolerated as final: senders copy it from the rows above.
   */
  private static ObservationStatus status(Er7Segment obx, MeasurementStatus said) {
    String word = statusWord(obx);
    if (word.equals("X") && !obx.blank(5)) {
      return ObservationStatus.FINAL;
    }
    if (word.isEmpty()) {
      throw new Hl7Refusal(
          obx.at(11), Hl7Error.Code.REQUIRED_FIELD, "OBX-11 does not say the status");
    }
    String status =
        STATUS
            .value(word)
            .orElseThrow(
                () ->
                    new Hl7Refusal(
                        obx.at(11), Hl7Error.Code.TABLE_VALUE, "OBX-11 is not in HL7 table 0085"));
    return status.equals("final") && said.early()
        ? ObservationStatus.PRELIMINARY
        : ObservationStatus.fromCode(status);
  }

  /** Known senders put it one field early, where OBX-10 has no such use for a device. */
  private static String statusWord(Er7Segment obx) {
    return obx.field(11).isEmpty() ? obx.field(10) : obx.field(11);
  }

  private void categorize(Observation observation, CodeableConcept code) {
    boolean vital =
        codes
            .metric(code)
            .map(MetricDefinition::metric)
            .filter(metric -> VITAL_SIGNS.contains(metric.id()))
            .isPresent();
    if (vital) {
      observation.addCategory().addCoding().setSystem(CATEGORY).setCode("vital-signs");
    }
  }

  private static String unit(Type value) {
    return value instanceof Quantity quantity && quantity.hasCode() ? quantity.getCode() : "";
  }

  private static CodeableConcept unknown() {
    CodeableConcept concept = new CodeableConcept();
    concept
        .addCoding()
        .setSystem("http://terminology.hl7.org/CodeSystem/data-absent-reason")
        .setCode("unknown")
        .setDisplay("Unknown");
    return concept;
  }
}
