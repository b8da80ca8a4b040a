package dev.vigil.hl7.pcd01;

import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.MappingTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;

/**
 * What OBX-8 says about a value: measurement status of IHE PCD-01, and abnormal flags. Words that
 * are in no table, such as an alarm priority, are kept as text.
 *
 * @param absent why there is no value; then a value that was sent all the same is not taken
 * @param interpretations quality and flags
 * @param test the value is from a test or demonstration
 * @param early the value is an early estimate
 */
record MeasurementStatus(
    Optional<CodeableConcept> absent,
    List<CodeableConcept> interpretations,
    boolean test,
    boolean early) {

  private static final MappingTable TABLE =
      MappingTable.beside(MeasurementStatus.class, "measurement-status.csv");
  private static final String ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
  private static final String QUALITY = "http://terminology.hl7.org/CodeSystem/measurement-status";
  private static final String FLAG =
      "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

  static MeasurementStatus of(Er7Segment obx) {
    Optional<CodeableConcept> absent = Optional.empty();
    List<CodeableConcept> interpretations = new ArrayList<>();
    boolean test = false;
    boolean early = false;
    for (int i = 1; i <= obx.repetitions(8); i++) {
      String word = obx.component(8, i, 1);
      if (word.isEmpty()) {
        continue;
      }
      List<String> row = TABLE.row(word).orElse(List.of(word, "text"));
      switch (row.get(1)) {
        case "absent" -> absent = Optional.of(concept(ABSENT, row));
        case "quality" -> interpretations.add(concept(QUALITY, row));
        case "flag" -> interpretations.add(concept(FLAG, row));
        case "test" -> test = true;
        default -> interpretations.add(new CodeableConcept().setText(word));
      }
      early |= word.equals("EARLY");
    }
    return new MeasurementStatus(absent, interpretations, test, early);
  }

  private static CodeableConcept concept(String system, List<String> row) {
    CodeableConcept concept = new CodeableConcept();
    concept.addCoding().setSystem(system).setCode(row.get(2)).setDisplay(row.get(3));
    return concept;
  }
}
