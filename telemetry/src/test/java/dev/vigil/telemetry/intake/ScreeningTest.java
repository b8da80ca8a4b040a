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
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vigil.core.Problem;
import dev.vigil.terminology.metric.MetricCatalog;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.SampledData;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Timing;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScreeningTest {

  private final ReadingCheck check =
      new ReadingCheck(
          MetricCatalog.standard(),
          new InMemoryDeviceAssignments(),
          Clock.fixed(Instant.parse(AT), ZoneOffset.UTC));

  @Test
  void findsNothingWrongWithGoodReadings() {
    assertThat(List.of(heartRate(), glucose(), batteryStatus(), bloodPressure()))
        .allSatisfy(observation -> assertThat(check.screen(observation)).isEmpty());
  }

  static Stream<Arguments> counterExamples() {
    return Stream.of(
        refused("no status", heartRate(), o -> o.setStatus(null), "INVALID Observation.status"),
        refused("no time", heartRate(), o -> o.setEffective(null), "INVALID Observation.effective"),
        refused(
            "a day without time",
            heartRate(),
            o -> o.setEffective(new DateTimeType("2026-03-01")),
            "INVALID Observation.effective"),
        refused(
            "a timing",
            heartRate(),
            o -> o.setEffective(new Timing().addEvent(new Date())),
            "INVALID Observation.effective"),
        refused(
            "a period that goes on",
            heartRate(),
            o -> o.setEffective(new Period().setStartElement(new DateTimeType(AT))),
            "INVALID Observation.effective.ofType(Period).end"),
        refused(
            "a period that ends on a day",
            heartRate(),
            o -> o.setEffective(new Period().setEndElement(new DateTimeType("2026-03-01"))),
            "INVALID Observation.effective.ofType(Period).end"),
        refused("no subject", heartRate(), o -> o.setSubject(null), "INVALID Observation.subject"),
        refused(
            "a subject only described",
            heartRate(),
            o -> o.setSubject(new Reference().setIdentifier(new Identifier().setValue("x"))),
            "INVALID Observation.subject"),
        refused(
            "a device only described",
            heartRate(),
            o -> o.setDevice(new Reference().setDisplay("x")),
            "INVALID Observation.device"),
        refused("no value", heartRate(), o -> o.setValue(null), "INVALID Observation.value"),
        refused(
            "text for a number",
            heartRate(),
            o -> o.setValue(new StringType("72 /min")),
            "INVALID Observation.value"),
        refused(
            "a value that is said to be absent",
            heartRate(),
            o -> o.setDataAbsentReason(loinc("x")),
            "INVALID Observation.dataAbsentReason"),
        refused(
            "a unit of another dimension",
            heartRate(),
            o -> o.setValue(quantity("72", "mmol/L")),
            "CODE_INVALID Observation.value.ofType(Quantity).code"),
        refused(
            "a unit that is not UCUM",
            heartRate(),
            o -> o.setValue(quantity("72", "bpm")),
            "CODE_INVALID Observation.value.ofType(Quantity).code"),
        refused(
            "no unit code",
            heartRate(),
            o -> o.setValue(new Quantity().setValue(72).setUnit("/min")),
            "CODE_INVALID Observation.value.ofType(Quantity).code"),
        refused(
            "a unit code without system",
            heartRate(),
            o -> o.setValue(quantity("72", "/min").setSystem(null)),
            "CODE_INVALID Observation.value.ofType(Quantity).system"),
        refused(
            "an MDC unit",
            heartRate(),
            o -> o.setValue(quantity("72", "264864").setSystem("urn:iso:std:iso:11073:10101")),
            "CODE_INVALID Observation.value.ofType(Quantity).system"),
        refused(
            "no number",
            heartRate(),
            o -> o.setValue(quantity("72", "/min").setValue((BigDecimal) null)),
            "INVALID Observation.value.ofType(Quantity).value"),
        refused(
            "below what a sensor can report",
            heartRate(),
            o -> o.setValue(quantity("9.99", "/min")),
            "INVALID Observation.value.ofType(Quantity).value"),
        refused(
            "above what a sensor can report",
            heartRate(),
            o -> o.setValue(quantity("350.01", "/min")),
            "INVALID Observation.value.ofType(Quantity).value"),
        refused(
            "mg/dL labelled mmol/L",
            glucose(),
            o -> o.setValue(quantity("113", "mmol/L")),
            "INVALID Observation.value.ofType(Quantity).value"),
        refused(
            "a number for a code",
            batteryStatus(),
            o -> o.setValue(quantity("1", "1")),
            "INVALID Observation.value"),
        refused(
            "text for a code",
            batteryStatus(),
            o -> o.setValue(new CodeableConcept().setText("begin of service")),
            "CODE_INVALID Observation.value.ofType(CodeableConcept).coding"),
        refused(
            "a component in another unit",
            bloodPressure(),
            o -> o.getComponent().get(1).setValue(quantity("80", "/min")),
            "CODE_INVALID Observation.component[1].value.ofType(Quantity).code"),
        refused(
            "an implausible component",
            bloodPressure(),
            o -> o.getComponent().get(0).setValue(quantity("1200", "mm[Hg]")),
            "INVALID Observation.component[0].value.ofType(Quantity).value"),
        refused(
            "a component without value",
            bloodPressure(),
            o -> o.getComponent().get(1).setValue(null),
            "INVALID Observation.component[1].value"),
        refused(
            "a component after one we do not know",
            bloodPressure(),
            o -> {
              o.getComponent().get(0).setCode(loinc("1-8")).setValue(new StringType("any"));
              o.getComponent().get(1).setValue(quantity("80", "mmHg"));
            },
            "CODE_INVALID Observation.component[1].value.ofType(Quantity).code"),
        refused(
            "several at once",
            bloodPressure(),
            o -> {
              o.setSubject(null).setEffective(null);
              o.getComponent().get(0).setValue(quantity("0", "mm[Hg]"));
              o.getComponent().get(1).setValue(quantity("80", "kg"));
            },
            "INVALID Observation.subject",
            "INVALID Observation.effective",
            "INVALID Observation.component[0].value.ofType(Quantity).value",
            "CODE_INVALID Observation.component[1].value.ofType(Quantity).code"));
  }

  private static Arguments refused(
      String name, Observation observation, Consumer<Observation> fault, String... expected) {
    fault.accept(observation);
    return arguments(name, observation, List.of(expected));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("counterExamples")
  void namesExactlyTheElementThatIsWrong(
      String name, Observation observation, List<String> expected) {
    assertThat(check.screen(observation))
        .extracting(problem -> problem.kind() + " " + problem.expression())
        .containsExactlyElementsOf(expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("counterExamples")
  void saysNothingOfOtherObservationsWhateverTheyHold(
      String name, Observation observation, List<String> expected) {
    observation.setDevice(null);
    assertThat(check.screen(observation)).isEmpty();
    observation.setDevice(new Reference("Device/d1")).setCode(loinc("718-7")).setComponent(null);
    assertThat(check.screen(observation)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ENTEREDINERROR", "CANCELLED"})
  void letsABadReadingBeWithdrawn(ObservationStatus status) {
    Observation observation = heartRate().setValue(quantity("9000", "bpm")).setStatus(status);
    assertThat(check.screen(observation)).isEmpty();
  }

  @Test
  void takesAReasonInsteadOfAValue() {
    Observation observation = bloodPressure();
    observation.getComponent().get(0).setValue(null).setDataAbsentReason(loinc("x"));
    assertThat(check.screen(observation)).isEmpty();
    assertThat(check.screen(heartRate().setValue(null).setDataAbsentReason(loinc("x")))).isEmpty();
  }

  @Test
  void takesAWaveformAsItIs() {
    assertThat(check.screen(heartRate().setValue(new SampledData().setData("1 2 3")))).isEmpty();
  }

  @Test
  void takesAValueThatIsStillToCome() {
    Observation observation = heartRate().setStatus(ObservationStatus.REGISTERED);
    observation.setValue(null);
    assertThat(check.screen(observation)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"10, /min", "350, /min", "72, {beat}/min", "72, {beats}/min", "1.2, Hz"})
  void takesEveryUnitOfTheDimension(String value, String unit) {
    assertThat(check.screen(heartRate().setValue(quantity(value, unit)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"urn:uuid:6f1b5f0e-0d3c-4f0a-9b43-2f6c1f6c7a11", "Device/x", "#dev"})
  void asksNothingOfReferencesThatAreStillTemporary(String reference) {
    assertThat(check.screen(heartRate().setDevice(new Reference(reference)))).isEmpty();
    assertThat(check.screen(heartRate().setSubject(new Reference(reference)))).isEmpty();
  }

  @Test
  void takesAnInstantAndAPeriod() {
    assertThat(check.screen(heartRate().setEffective(new InstantType(AT)))).isEmpty();
    Period period = new Period().setEndElement(new DateTimeType("2026-03-01T11:00:00+01:00"));
    assertThat(check.screen(heartRate().setEffective(period))).isEmpty();
  }

  @Test
  void neverSaysAValueOrAName() {
    String marker = "Zzyzx-Marker";
    for (String number : List.of("98765.4321", "-98765.4321")) {
      Observation observation = bloodPressure();
      observation.setSubject(new Reference().setDisplay(marker));
      observation.setDevice(new Reference().setDisplay(marker));
      observation.getCode().setText(marker);
      observation.addNote().setText(marker);
      observation.getComponent().get(0).setValue(quantity(number, "mm[Hg]"));
      observation.getComponent().get(1).setValue(quantity(number, marker).setUnit(marker));
      observation
          .addComponent()
          .setCode(mdc("721280"))
          .setValue(new CodeableConcept(new Coding().setCode(marker)));
      observation.addComponent().setCode(loinc("8867-4")).setValue(new StringType(marker));
      List<Problem> problems = check.screen(observation);
      assertThat(problems).hasSize(6);
      assertThat(problems.toString()).doesNotContain(marker, "98765", "4321");
    }
  }

  @Nested
  class TheFutureTag {

    private Observation at(String time) {
      return heartRate().setEffective(new DateTimeType(time));
    }

    @Test
    void isSetFromMoreThanTwoMinutesAhead() {
      Observation observation = at("2026-03-01T10:02:00.001Z");
      assertThat(check.tagFuture(observation)).isTrue();
      assertThat(observation.getMeta().getTag(ReadingCheck.INTAKE_TAG, "future")).isNotNull();
    }

    @Test
    void isSetOnce() {
      Observation observation = at("2026-03-01T10:03:00Z");
      check.tagFuture(observation);
      check.tagFuture(observation);
      assertThat(observation.getMeta().getTag()).hasSize(1);
    }

    @Test
    void goesByTheEndOfAPeriod() {
      Period period =
          new Period()
              .setStartElement(new DateTimeType(AT))
              .setEndElement(new DateTimeType("2026-03-01T10:05:00Z"));
      assertThat(check.tagFuture(heartRate().setEffective(period))).isTrue();
    }

    @Test
    void isNotSetUpToTwoMinutesAhead() {
      Observation observation = at("2026-03-01T10:02:00Z");
      assertThat(check.tagFuture(observation)).isFalse();
      assertThat(observation.hasMeta()).isFalse();
    }

    @Test
    void isTakenAwayWhereAClientSetItFalsely() {
      Observation observation = heartRate();
      observation.getMeta().addTag(ReadingCheck.INTAKE_TAG, "future", null);
      observation.getMeta().addTag("urn:example", "future", null);
      assertThat(check.tagFuture(observation)).isFalse();
      assertThat(observation.getMeta().getTag())
          .extracting(Coding::getSystem)
          .containsExactly("urn:example");
    }

    @Test
    void isNotSetOnWhatIsNoDeviceReading() {
      assertThat(check.tagFuture(at("2030-01-01T00:00:00Z").setDevice(null))).isFalse();
      assertThat(check.tagFuture(at("2030-01-01T00:00:00Z").setCode(loinc("718-7")))).isFalse();
    }
  }
}
