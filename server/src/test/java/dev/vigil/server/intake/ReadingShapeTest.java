package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.util.function.Consumer;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Test;

class ReadingShapeTest {

  private static final FhirContext CONTEXT = FhirContext.forR4Cached();

  @Test
  void isTheSameForReadingsThatDifferInTimeNumberIdentifierAndPatient() {
    assertThat(
            shapeWith(
                reading -> {
                  reading.setEffective(new DateTimeType("2026-11-22T10:05:00+01:00"));
                  reading.getValueQuantity().setValue(131.5);
                  reading.getIdentifierFirstRep().setValue("another");
                  reading.setSubject(new Reference("Patient/2"));
                  reading.setDevice(new Reference("Device/2"));
                }))
        .isEqualTo(shapeWith(reading -> {}));
  }

  @Test
  void changesWithUnitCodeStatusAndKindOfDeviceReference() {
    String shape = shapeWith(reading -> {});
    assertThat(shapeWith(reading -> reading.getValueQuantity().setCode("mmol/L")))
        .isNotEqualTo(shape);
    assertThat(shapeWith(reading -> reading.getCode().getCodingFirstRep().setCode("1")))
        .isNotEqualTo(shape);
    assertThat(shapeWith(reading -> reading.setStatus(ObservationStatus.PRELIMINARY)))
        .isNotEqualTo(shape);
    assertThat(shapeWith(reading -> reading.setDevice(new Reference("DeviceMetric/1"))))
        .isNotEqualTo(shape);
  }

  @Test
  void changesWhenAnElementIsMissing() {
    String shape = shapeWith(reading -> {});
    assertThat(shapeWith(reading -> reading.setEffective(null))).isNotEqualTo(shape);
    assertThat(shapeWith(reading -> reading.setValue(null))).isNotEqualTo(shape);
    assertThat(shapeWith(reading -> reading.getValueQuantity().setValueElement(null)))
        .isNotEqualTo(shape);
    assertThat(shapeWith(reading -> reading.setSubject(null))).isNotEqualTo(shape);
  }

  @Test
  void leavesTheReadingAsItWas() {
    Observation reading = reading();
    String before = CONTEXT.newJsonParser().encodeResourceToString(reading);
    ReadingShape.of(reading, CONTEXT);
    assertThat(CONTEXT.newJsonParser().encodeResourceToString(reading)).isEqualTo(before);
  }

  private static String shapeWith(Consumer<Observation> change) {
    Observation reading = reading();
    change.accept(reading);
    return ReadingShape.of(reading, CONTEXT);
  }

  private static Observation reading() {
    Observation reading = new Observation();
    reading.getMeta().addProfile("https://vigil.dev/fhir/StructureDefinition/numeric-reading");
    reading.addIdentifier().setSystem("urn:example").setValue("one");
    reading.setStatus(ObservationStatus.FINAL);
    reading.setCode(new CodeableConcept(new Coding("http://loinc.org", "99504-3", null)));
    reading.setSubject(new Reference("Patient/1"));
    reading.setDevice(new Reference("Device/1"));
    reading.setEffective(new DateTimeType("2026-11-22T10:00:00+01:00"));
    reading.setValue(
        new Quantity().setValue(100).setSystem("http://unitsofmeasure.org").setCode("mg/dL"));
    return reading;
  }
}
