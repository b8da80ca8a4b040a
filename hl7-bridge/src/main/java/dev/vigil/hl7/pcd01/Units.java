package dev.vigil.hl7.pcd01;

import dev.vigil.core.Code;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.terminology.ucum.MdcUnits;
import dev.vigil.terminology.ucum.Ucum;
import org.hl7.fhir.r4.model.CodeableConcept;

/**
 * OBX-6: an MDC unit that we know, else the UCUM code that is given, else the text alone, which the
 * intake refuses for a metric it knows.
 */
final class Units {

  private Units() {}

  /**
   * A unit.
   *
   * @param ucum empty if no UCUM code is known for it
   * @param text as sent; empty if OBX-6 is
   */
  record Unit(String ucum, String text) {}

  static Unit of(Er7Segment obx) {
    for (int first : new int[] {1, 4}) {
      String system = obx.component(6, first + 2);
      if (system.equals("MDC")) {
        var ucum = MdcUnits.standard().ucum(obx.component(6, first));
        if (ucum.isPresent()) {
          return new Unit(ucum.get(), ucum.get());
        }
      }
    }
    for (int first : new int[] {1, 4}) {
      String code = obx.component(6, first);
      String system = obx.component(6, first + 2);
      boolean ucum = system.equals("UCUM") || system.isEmpty();
      if (!code.isEmpty() && ucum && Ucum.standard().valid(code)) {
        return new Unit(code, code);
      }
    }
    String text = obx.component(6, 2);
    return new Unit("", text.isEmpty() ? obx.component(6, 1) : text);
  }

  /** The unit of a DeviceMetric: what was sent, with its UCUM code. */
  static CodeableConcept concept(Codes codes, Er7Segment obx) {
    CodeableConcept concept = codes.concept(obx, 6, 1);
    Unit unit = of(obx);
    if (!unit.ucum().isEmpty() && !concept.hasCoding(Code.UCUM, unit.ucum())) {
      concept.addCoding().setSystem(Code.UCUM).setCode(unit.ucum());
    }
    concept.getCoding().removeIf(coding -> coding.getSystem().endsWith(":unknown"));
    return concept;
  }
}
