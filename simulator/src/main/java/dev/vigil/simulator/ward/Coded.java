package dev.vigil.simulator.ward;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What a thing is called in the code systems of devices and laboratories.
 *
 * @param mdc decimal 32-bit code of ISO/IEEE 11073-10101, or null
 * @param loinc the preferred one first; may be empty
 */
record Coded(String display, String mdc, List<String> loinc) {

  static final String MDC = "urn:iso:std:iso:11073:10101";
  static final String LOINC = "http://loinc.org";

  /** The code by which the thing is searched and named in identifiers. */
  String first() {
    return mdc != null ? mdc : loinc.get(0);
  }

  /** {@code system|code}, for a search. */
  String token() {
    return (mdc != null ? MDC : LOINC) + "|" + first();
  }

  /** Writes a CodeableConcept, MDC first. */
  void into(ObjectNode concept) {
    ArrayNode codings = concept.putArray("coding");
    if (mdc != null) {
      codings.addObject().put("system", MDC).put("code", mdc);
    }
    loinc.forEach(code -> codings.addObject().put("system", LOINC).put("code", code));
    concept.put("text", display);
  }
}
