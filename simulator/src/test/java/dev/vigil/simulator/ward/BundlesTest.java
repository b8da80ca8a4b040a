package dev.vigil.simulator.ward;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.simulator.FakeFhirServer;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Quantity;
import org.junit.jupiter.api.Test;

class BundlesTest {

  private static final FhirContext R4 = FhirContext.forR4();
  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  private final IParser parser = R4.newJsonParser().setParserErrorHandler(new StrictErrorHandler());

  @Test
  void theWardIsTwentyPatientsOfFourKinds() {
    Ward ward = Ward.demo();

    assertThat(ward.patients()).hasSize(20);
    assertThat(ward.of(PatientKind.PACEMAKER)).hasSize(6);
    assertThat(ward.of(PatientKind.OXYGEN)).hasSize(5);
    assertThat(ward.of(PatientKind.GLUCOSE)).hasSize(5);
    assertThat(ward.of(PatientKind.VITALS)).hasSize(4);
    assertThat(ward).isEqualTo(Ward.demo());
  }

  @Test
  void theRegistrationIsWellFormedAndConditionalThroughout() {
    Bundle bundle = parsed(Registration.bundle(Ward.demo().patients()));
    Set<String> fullUrls = new HashSet<>();
    Set<String> conditions = new HashSet<>();

    for (BundleEntryComponent entry : bundle.getEntry()) {
      assertThat(entry.getFullUrl()).startsWith("urn:uuid:");
      assertThat(fullUrls.add(entry.getFullUrl())).isTrue();
      if (entry.getResource() instanceof Patient patient) {
        assertThat(entry.getRequest().getIfNoneExist())
            .isEqualTo("identifier=" + WardPatient.MRN_SYSTEM + "|" + mrn(patient));
        assertThat(patient.getNameFirstRep().getNameAsSingleString()).startsWith("Ward Patient ");
        assertThat(patient.hasBirthDate()).isTrue();
      } else {
        assertThat(entry.getRequest().getMethod()).isEqualTo(Bundle.HTTPVerb.PUT);
        assertThat(entry.getRequest().getUrl()).contains("?identifier=");
        assertThat(conditions.add(entry.getRequest().getUrl())).isTrue();
      }
    }
    for (BundleEntryComponent entry : bundle.getEntry()) {
      if (entry.getResource() instanceof Device device) {
        assertThat(fullUrls).contains(device.getPatient().getReference());
        assertThat(device.getIdentifierFirstRep().getValue()).matches("FE-ED(-[0-9A-F]{2}){6}");
        assertThat(device.getType().getCodingFirstRep().hasCode()).isTrue();
      }
      if (entry.getResource() instanceof DeviceMetric metric) {
        assertThat(fullUrls).contains(metric.getSource().getReference());
        assertThat(metric.getUnit().getCodingFirstRep().getSystem())
            .isEqualTo("http://unitsofmeasure.org");
        assertThat(metric.getMeasurementPeriod().getRepeat().getPeriod()).isPositive();
        assertThat(metric.getMeasurementPeriod().getRepeat().hasPeriodUnit()).isTrue();
      }
    }
  }

  @Test
  void registeringTwiceKnowsTheSamePatients() {
    try (FakeFhirServer server = new FakeFhirServer()) {
      List<Registered> first = Registration.register(server.client(), Ward.demo());
      List<Registered> second = Registration.register(server.client(), Ward.demo());

      assertThat(second).isEqualTo(first).hasSize(20);
      assertThat(server.resources("Patient")).hasSize(20);
      assertThat(server.resources("Device")).hasSize(31);
    }
  }

  @Test
  void everyReadingHasWhatTheDoorDemands() {
    try (FakeFhirServer server = new FakeFhirServer()) {
      Ward ward = Ward.demo();
      Scenario scenario = Scenario.eventful(ward, START);
      ReadingBundle bundle = new ReadingBundle();
      for (Registered who : Registration.register(server.client(), ward)) {
        for (Measurement measurement : who.patient().kind().measurements()) {
          bundle.add(scenario, who, measurement, START);
        }
      }
      Set<String> conditions = new HashSet<>();
      for (BundleEntryComponent entry : parsed(bundle.json()).getEntry()) {
        Observation observation = (Observation) entry.getResource();
        String name = observation.getCode().getText();
        assertThat(observation.getSubject().getReference()).as(name).startsWith("Patient/");
        assertThat(observation.getDevice().getReference()).as(name).matches("Device(Metric)?/.+");
        assertThat(observation.getEffectiveDateTimeType().getTimeZone()).as(name).isNotNull();
        assertThat(observation.getEffectiveDateTimeType().getValueAsString())
            .as(name)
            .matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)");
        assertThat(observation.getCategory()).as(name).isNotEmpty();
        assertThat(entry.getRequest().getIfNoneExist())
            .as(name)
            .isEqualTo(
                "identifier="
                    + ReadingBundle.IDENTIFIER_SYSTEM
                    + "|"
                    + observation.getIdentifierFirstRep().getValue());
        assertThat(conditions.add(entry.getRequest().getIfNoneExist())).as(name).isTrue();
        if (observation.hasComponent()) {
          assertThat(observation.hasValue()).as(name).isFalse();
          observation.getComponent().stream()
              .filter(component -> component.hasValueQuantity())
              .forEach(component -> ucum(component.getValueQuantity()));
        } else {
          ucum(observation.getValueQuantity());
        }
      }
      assertThat(conditions).hasSize(6 * 2 + 5 * 4 + 5 + 4 * 5);
    }
  }

  @Test
  void anInterrogationTellsItsBatteryAndItsMonitor() {
    try (FakeFhirServer server = new FakeFhirServer()) {
      Registered who = Registration.register(server.client(), Ward.demo()).get(0);
      ReadingBundle bundle =
          new ReadingBundle().add(Scenario.calm(START), who, Measurement.INTERROGATION, START);
      Observation observation =
          (Observation) parsed(bundle.json()).getEntryFirstRep().getResource();

      assertThat(observation.getComponent())
          .filteredOn(
              component -> component.getCode().getCodingFirstRep().getCode().equals("721280"))
          .singleElement()
          .satisfies(
              status ->
                  assertThat(status.getValueCodeableConcept().getCodingFirstRep().getCode())
                      .isEqualTo("754113"));
      assertThat(observation.getExtension().get(0).getUrl()).endsWith("gatewayDevice");
      assertThat(observation.getDevice().getReference())
          .isEqualTo(who.devices().get(DeviceModel.PACEMAKER));
    }
  }

  private Bundle parsed(ObjectNode bundle) {
    return parser.parseResource(Bundle.class, bundle.toString());
  }

  private static String mrn(Patient patient) {
    return patient.getIdentifierFirstRep().getValue();
  }

  private static void ucum(Quantity quantity) {
    assertThat(quantity.getSystem()).isEqualTo("http://unitsofmeasure.org");
    assertThat(quantity.getCode()).isNotBlank();
    assertThat(quantity.getValue()).isNotNull();
  }
}
