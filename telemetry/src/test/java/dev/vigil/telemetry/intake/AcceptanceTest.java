package dev.vigil.telemetry.intake;

import static dev.vigil.telemetry.intake.TestObservations.AT;
import static dev.vigil.telemetry.intake.TestObservations.batteryStatus;
import static dev.vigil.telemetry.intake.TestObservations.bloodPressure;
import static dev.vigil.telemetry.intake.TestObservations.glucose;
import static dev.vigil.telemetry.intake.TestObservations.heartRate;
import static dev.vigil.telemetry.intake.TestObservations.loinc;
import static dev.vigil.telemetry.intake.TestObservations.mdc;
import static dev.vigil.telemetry.intake.TestObservations.quantity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.SampledData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptanceTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final Instant NOW = Instant.parse(AT).plusSeconds(5);
  private static final Instant MIDDAY = Instant.parse("2026-03-01T12:00:00Z");

  private final InMemoryDeviceAssignments assignments =
      new InMemoryDeviceAssignments()
          .device("d1")
          .metric("m1", "d1")
          .since("d1", Instant.MIN, "p1")
          .device("unassigned");

  private final ReadingCheck check =
      new ReadingCheck(MetricCatalog.standard(), assignments, Clock.systemUTC());

  private List<Reading> accept(Observation observation) {
    return check.accept(TENANT, observation, NOW);
  }

  private void assertRefused(Observation observation, String expression) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> accept(observation))
        .satisfies(
            e -> {
              assertThat(e.problems())
                  .extracting(Problem::kind, Problem::expression)
                  .containsExactly(tuple(Problem.Kind.INVALID, expression));
              assertThat(e.getMessage()).doesNotContain("p1", "p2", "d1", "72");
            });
  }

  @Test
  void makesAReadingOfTheValueAsItWasSent() {
    Reading reading = accept(glucose()).get(0);
    assertThat(reading)
        .isEqualTo(
            new Reading(
                new ObservationId("o1"),
                new DeviceId("d1"),
                new PatientId("p1"),
                new Metric("glucose-interstitial"),
                Quantity.of("6.30", "mmol/L"),
                Instant.parse(AT),
                NOW,
                Set.of()));
    assertThat(reading.evaluable()).isTrue();
  }

  @Test
  void keepsTheUnitOfTheDevice() {
    assertThat(accept(heartRate().setValue(quantity("1.20", "Hz"))).get(0).value())
        .isEqualTo(Quantity.of("1.20", "Hz"));
  }

  @Test
  void makesAReadingOfEachKnownComponent() {
    Observation observation = bloodPressure();
    observation.addComponent().setCode(loinc("1-8")).setValue(quantity("1", "1"));
    observation.addComponent().setCode(loinc("8478-0")).setDataAbsentReason(loinc("x"));
    assertThat(accept(observation))
        .extracting(reading -> reading.metric().id())
        .containsExactly("systolic-pressure", "diastolic-pressure");
  }

  @Test
  void makesACodeOfACodedValue() {
    assertThat(accept(batteryStatus()).get(0).value()).isEqualTo(new Code(Code.MDC, "754113"));
  }

  @Test
  void takesThePulseOfAnOximeterForAPulseThoughItSaysHeartRateToo() {
    Observation observation = heartRate();
    observation.getCode().addCoding(new Coding(Code.MDC, "149530", null));
    assertThat(accept(observation).get(0).metric()).isEqualTo(new Metric("pulse-rate"));
  }

  @Test
  void takesTheEndOfAPeriodForTheTime() {
    Period period =
        new Period()
            .setStartElement(new DateTimeType("2026-03-01T08:00:00Z"))
            .setEndElement(new DateTimeType("2026-03-01T10:00:00+01:00"));
    assertThat(accept(heartRate().setEffective(period)).get(0).measuredAt())
        .isEqualTo(Instant.parse("2026-03-01T09:00:00Z"));
  }

  @Test
  void findsTheDeviceBehindADeviceMetric() {
    Observation observation = heartRate().setDevice(new Reference("DeviceMetric/m1"));
    assertThat(accept(observation).get(0).device()).isEqualTo(new DeviceId("d1"));
  }

  @Test
  void readsReferencesThatNameAVersion() {
    Observation observation = heartRate().setDevice(new Reference("Device/d1/_history/3"));
    assertThat(accept(observation)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Device/other",
        "DeviceMetric/other",
        "Patient/p1",
        "#dev",
        "urn:uuid:0-0",
        "d1",
        "https://other.example/fhir/Device/d1"
      })
  void refusesADeviceThatIsNotKnown(String reference) {
    assertRefused(heartRate().setDevice(new Reference(reference)), "Observation.device");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Group/p1",
        "Location/p1",
        "urn:uuid:0-0",
        "p1",
        "https://other.example/fhir/Patient/p1"
      })
  void refusesASubjectThatIsNoPatient(String reference) {
    assertRefused(heartRate().setSubject(new Reference(reference)), "Observation.subject");
  }

  @Test
  void refusesAnotherPatientThanTheOneWhoHadTheDevice() {
    assertRefused(heartRate().setSubject(new Reference("Patient/p2")), "Observation.subject");
  }

  @Test
  void givesALateReadingToTheFormerPatientAfterAReassignment() {
    assignments.since("d1", MIDDAY, "p2");
    assertThat(accept(heartRate()).get(0).patient()).isEqualTo(new PatientId("p1"));
    Observation afternoon = heartRate().setEffective(new DateTimeType("2026-03-01T12:00:00Z"));
    assertRefused(afternoon, "Observation.subject");
    afternoon.setSubject(new Reference("Patient/p2"));
    assertThat(accept(afternoon).get(0).patient()).isEqualTo(new PatientId("p2"));
  }

  @Test
  void refusesAReadingOfATimeWhenTheDeviceWasNobodys() {
    assignments.since("d1", MIDDAY, null);
    assertRefused(
        heartRate().setEffective(new DateTimeType("2026-03-01T13:00:00Z")), "Observation.device");
  }

  @Test
  void refusesADeviceThatWasKnownBeforeAndNeverAssigned() {
    assertRefused(heartRate().setDevice(new Reference("Device/unassigned")), "Observation.device");
    assertThat(assignments.everAssigned(TENANT, new DeviceId("unassigned"))).isFalse();
  }

  @Test
  void assignsADeviceOfTheSameTransactionByItsFirstReading() {
    Set<DeviceId> createdNow = Set.of(new DeviceId("unassigned"));
    Observation first = heartRate().setDevice(new Reference("Device/unassigned"));
    assertThat(check.accept(TENANT, first, NOW, createdNow)).hasSize(1);
    assertThat(assignments.patientAt(TENANT, new DeviceId("unassigned"), NOW))
        .contains(new PatientId("p1"));
    Observation second = first.copy().setSubject(new Reference("Patient/p2"));
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> check.accept(TENANT, second, NOW, createdNow));
  }

  @Test
  void doesNotReassignADeviceOfTheSameTransactionThatNamesItsPatient() {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(
            () ->
                check.accept(
                    TENANT,
                    heartRate().setSubject(new Reference("Patient/p2")),
                    NOW,
                    Set.of(new DeviceId("d1"))))
        .satisfies(
            e -> assertThat(e.problems().get(0).expression()).isEqualTo("Observation.subject"));
  }

  @Test
  void refusesWhatScreeningRefuses() {
    assertRefused(
        heartRate().setValue(quantity("7200", "/min")), "Observation.value.ofType(Quantity).value");
  }

  @Test
  void makesNoReadingOfADevicesOwnState() {
    assertThat(accept(heartRate().setSubject(new Reference("Device/other")))).isEmpty();
  }

  @Test
  void makesNoReadingOfAWaveformOrAnAbsentValue() {
    assertThat(accept(heartRate().setValue(new SampledData().setData("1 2")))).isEmpty();
    assertThat(accept(heartRate().setValue(null).setDataAbsentReason(loinc("x")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ENTEREDINERROR", "CANCELLED"})
  void makesNoReadingOfWhatIsWithdrawn(ObservationStatus status) {
    assertThat(accept(heartRate().setStatus(status))).isEmpty();
  }

  @Test
  void makesNoReadingOfWhatIsNoDeviceReading() {
    assertThat(accept(heartRate().setDevice(null))).isEmpty();
    assertThat(accept(heartRate().setCode(mdc("1")))).isEmpty();
  }

  @Test
  void flagsAReadingFromTheFuture() {
    Observation ahead = heartRate().setEffective(DateTimeType.parseV3("20260301100206+0000"));
    assertThat(accept(ahead).get(0).quality()).containsExactly(SignalQuality.FUTURE);
    Observation allowed = heartRate().setEffective(DateTimeType.parseV3("20260301100205+0000"));
    assertThat(accept(allowed).get(0).quality()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://terminology.hl7.org/CodeSystem/measurement-status, questionable, QUESTIONABLE",
    "http://hl7.org/fhir/uv/pocd/CodeSystem/measurement-status, questionable, QUESTIONABLE",
    "http://terminology.hl7.org/CodeSystem/measurement-status, calibration-ongoing, CALIBRATION",
    "http://terminology.hl7.org/CodeSystem/measurement-status, early-indication, EARLY",
    "http://terminology.hl7.org/CodeSystem/v2-0078, QUES, QUESTIONABLE",
    "http://terminology.hl7.org/CodeSystem/v2-0078, CAL, CALIBRATION",
    "http://terminology.hl7.org/CodeSystem/v2-0078, EARLY, EARLY",
    "http://terminology.hl7.org/CodeSystem/v2-0078, TEST, TEST",
    "http://terminology.hl7.org/CodeSystem/v2-0078, DEMO, TEST"
  })
  void flagsWhatTheDeviceDoubts(String system, String code, SignalQuality flag) {
    Observation observation = heartRate();
    observation.addInterpretation(new CodeableConcept(new Coding(system, code, null)));
    assertThat(accept(observation).get(0).quality()).containsExactly(flag);
  }

  @ParameterizedTest
  @CsvSource({
    "http://hl7.org/fhir/uv/pocd/CodeSystem/measurement-status, in-alarm",
    "http://terminology.hl7.org/CodeSystem/measurement-status, validated-data",
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation, LL",
    "urn:example, questionable"
  })
  void keepsAReadingGoodThatTheDeviceDoesNotDoubt(String system, String code) {
    Observation observation = heartRate();
    observation.addInterpretation(new CodeableConcept(new Coding(system, code, null)));
    assertThat(accept(observation).get(0).evaluable()).isTrue();
  }

  @Test
  void flagsOnlyTheComponentTheDeviceDoubts() {
    Observation observation = bloodPressure();
    observation
        .getComponent()
        .get(1)
        .addInterpretation(
            new CodeableConcept(
                new Coding(
                    "http://terminology.hl7.org/CodeSystem/measurement-status",
                    "questionable",
                    null)));
    assertThat(accept(observation)).extracting(Reading::evaluable).containsExactly(true, false);
  }

  @Test
  void flagsTestData() {
    Observation observation = heartRate();
    observation
        .getMeta()
        .addSecurity("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST", null);
    assertThat(accept(observation).get(0).quality()).containsExactly(SignalQuality.TEST);
  }
}
