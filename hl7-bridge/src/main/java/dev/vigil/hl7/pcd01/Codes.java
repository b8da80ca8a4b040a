package dev.vigil.hl7.pcd01;

import dev.vigil.core.Code;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.MappingTable;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.MetricDefinition;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;

/** Coded fields (CE, CWE) as CodeableConcept, and what the metric catalogue adds to them. */
final class Codes {

  private static final MappingTable SYSTEMS =
      MappingTable.beside(MappingTable.class, "coding-systems.csv");
  private static final String LOCAL = "urn:vigil:hl7:codesystem:";

  private final MetricCatalog catalog;

  Codes(MetricCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * A coded field: its code, its alternate code, and its original text, else the text of a code
   * that is missing. A code without a system is MDC if it is a number, as device messages mean it.
   */
  CodeableConcept concept(Er7Segment segment, int field, int repetition) {
    CodeableConcept concept = new CodeableConcept();
    for (int first : new int[] {1, 4}) {
      String code = segment.component(field, repetition, first);
      String text = segment.component(field, repetition, first + 1);
      String system = segment.component(field, repetition, first + 2);
      if (!code.isEmpty()) {
        Coding coding = concept.addCoding().setSystem(system(system, code)).setCode(code);
        if (!text.isEmpty()) {
          coding.setDisplay(text);
        }
      } else if (!text.isEmpty() && !concept.hasText()) {
        concept.setText(text);
      }
    }
    String original = segment.component(field, repetition, 9);
    if (!original.isEmpty()) {
      concept.setText(original);
    }
    return concept;
  }

  /**
   * Adds the LOINC codes of the metric that a concept means, if it is a known one. Of glucose only
   * the code that goes with the unit.
   *
   * @param unit UCUM; empty if there is none
   */
  void addLoinc(CodeableConcept concept, String unit) {
    metric(concept)
        .ifPresent(
            definition ->
                definition.codes().stream()
                    .filter(code -> code.system().equals(Code.LOINC))
                    .filter(code -> fits(code.code(), unit))
                    .filter(code -> !concept.hasCoding(code.system(), code.code()))
                    .forEach(
                        code -> concept.addCoding().setSystem(code.system()).setCode(code.code())));
  }

  /** The metric that a concept means. */
  Optional<MetricDefinition> metric(CodeableConcept concept) {
    return concept.getCoding().stream()
        .map(coding -> catalog.byCode(new Code(coding.getSystem(), coding.getCode())))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static String system(String name, String code) {
    if (name.isEmpty()) {
      return code.matches("\\d+") ? Code.MDC : LOCAL + "unknown";
    }
    return SYSTEMS.value(name).orElse(LOCAL + name.replace(" ", "%20"));
  }

  /** LOINC has glucose as mass (99504-3, 41653-7, 2339-0) and as substance (105272-9) apart. */
  private static boolean fits(String loinc, String unit) {
    boolean moles = unit.equals("mmol/L");
    return switch (loinc) {
      case "105272-9", "14743-9" -> moles;
      case "99504-3", "41653-7", "2339-0" -> !moles;
      default -> true;
    };
  }
}
