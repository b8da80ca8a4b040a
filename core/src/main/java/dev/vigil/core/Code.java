package dev.vigil.core;

import java.util.Objects;

/**
 * A code of a code system.
 *
 * @param system the system's URI, for example {@code http://loinc.org}
 * @param code the code
 */
public record Code(String system, String code) implements ReadingValue {

  /** URI of LOINC in FHIR. */
  public static final String LOINC = "http://loinc.org";

  /** URI of IEEE 11073-10101 (MDC) in FHIR: decimal 32-bit codes, partition * 65536 + term. */
  public static final String MDC = "urn:iso:std:iso:11073:10101";

  /** URI of UCUM in FHIR. */
  public static final String UCUM = "http://unitsofmeasure.org";

  /** Refuses null. */
  public Code {
    Objects.requireNonNull(system, "system");
    Objects.requireNonNull(code, "code");
  }

  /** Hides the code: as a reading's value it is a finding about a person. */
  @Override
  public String toString() {
    return "Code[" + system + "]";
  }
}
