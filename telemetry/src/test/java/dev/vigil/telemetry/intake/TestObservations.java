package dev.vigil.telemetry.intake;

import dev.vigil.core.Code;
import java.math.BigDecimal;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;

/**
 * Device readings as a gateway sends them: of patient {@code p1}, device {@code d1}, at {@link
 * #AT}.
 */
final class TestObservations {

  static final String AT = "2026-03-01T10:00:00Z";

  private TestObservations() {}

  static Observation heartRate() {
    return reading("8867-4").setValue(quantity("72", "/min"));
  }

  static Observation glucose() {
    return reading("105272-9").setValue(quantity("6.30", "mmol/L"));
  }

  static Observation batteryStatus() {
    Observation observation = reading("8867-4");
    observation.setCode(mdc("721280"));
    return observation.setValue(mdc("754113"));
  }

  static Observation bloodPressure() {
    Observation observation = reading("85354-9");
    observation.addComponent().setCode(loinc("8480-6")).setValue(quantity("120", "mm[Hg]"));
    observation.addComponent().setCode(loinc("8462-4")).setValue(quantity("80", "mm[Hg]"));
    return observation;
  }

  private static Observation reading(String loinc) {
    Observation observation =
        new Observation()
            .setStatus(ObservationStatus.FINAL)
            .setCode(loinc(loinc))
            .setSubject(new Reference("Patient/p1"))
            .setDevice(new Reference("Device/d1"))
            .setEffective(new DateTimeType(AT));
    observation.setId("Observation/o1/_history/1");
    return observation;
  }

  static CodeableConcept loinc(String code) {
    return new CodeableConcept(new Coding(Code.LOINC, code, null));
  }

  static CodeableConcept mdc(String code) {
    return new CodeableConcept(new Coding(Code.MDC, code, null));
  }

  static Quantity quantity(String value, String unit) {
    return new Quantity().setValue(new BigDecimal(value)).setSystem(Code.UCUM).setCode(unit);
  }
}
