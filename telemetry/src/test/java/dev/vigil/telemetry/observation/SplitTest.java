package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.ProblemException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Narrative;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Range;
import org.hl7.fhir.r4.model.Ratio;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.SampledData;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.TimeType;
import org.hl7.fhir.r4.model.Type;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {

  private static final Instant BASE = Instant.parse("2026-01-01T00:00:00Z");

  @Nested
  @Tag("safety")
  class GivesBackTheSameCharacters {

    @Test
    void ofEveryPublishedObservation() {
      List<Observation> published = PublishedObservations.all();
      assertThat(published).hasSizeGreaterThan(2_000);
      Set<String> templates = new HashSet<>();
      for (Observation observation : published) {
        String json = json(observation);
        assertThat(throughStore(json)).isEqualTo(json);
        templates.add(Split.of(json).template());
      }
      assertThat(templates).hasSizeLessThan(published.size() / 4);
    }

    @Test
    void ofGeneratedOnes() {
      Random random = new Random(7);
      for (int i = 0; i < 3_000; i++) {
        String json = json(generated(random));
        assertThat(throughStore(json)).isEqualTo(json);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "#0000000000000000",
          "#zzzzzzzzzzzzzzzz",
          "#aB3dEfGhIjKlMn0p",
          "#aB3dEfGhIjKlMn0",
          "#aB3dEfGhIjKlMn-p",
          "urn:door#aB3dEfGhIjKlMn0p"
        })
    void ofTheRequestItCameBy(String source) {
      String json = "{\"resourceType\":\"Observation\",\"meta\":{\"source\":\"" + source + "\"}}";
      assertThat(throughStore(json)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "6.30",
          "1e-3",
          "1E+2",
          "0.000",
          "-0",
          "-0.0",
          "0",
          "-12.5",
          "1.0e10",
          "0.1234567890123456789",
          "123456789012345678901234567890",
          "999999999999999999",
          "0.000000000000001"
        })
    void ofANumber(String number) {
      String json =
          "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":" + number + "}}";
      assertThat(throughStore(json)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "2026-01-01T00:00:00Z",
          "2026-01-01T00:00:00.0Z",
          "2026-01-01T00:00:00.120+05:45",
          "2026-01-01T00:00:00-00:00",
          "2026-01-01T00:00:00+00:00",
          "2026-01-01T23:59:60Z",
          "2026-01-01T00:00:00.123456Z",
          "0001-01-01T00:00:00Z",
          "9999-12-31T23:59:59.999-12:00",
          "2026-01-01",
          "2026",
          "2026-02-30T00:00:00Z",
          "2026-01-01T00:00Z",
          "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00+05:07",
          "2026-01-01t00:00:00z"
        })
    void ofATime(String time) {
      String json = "{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"" + time + "\"}";
      assertThat(throughStore(json)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{}",
          "{\"resourceType\":\"Observation\"}",
          "{ \"resourceType\" : \"Observation\" , \"issued\" : \"x\" }",
          "{\"valueString\":\"\\u0001 \\u0000 \\\" \\\\ \\/ \\ud83d\\ude00 😀 \u2028\"}",
          "{\"valueString\":\"\"}",
          "{\"component\":[],\"note\":[],\"text\":{}}",
          "{\"_status\":{\"id\":\"a\",\"extension\":[{\"url\":\"u\",\"valueDecimal\":1.50}]}}",
          "{\"category\":[null,{\"text\":null}],\"x\":[[1,[2.0]],true,\"y\"]}",
          "{\"subject\":{\"reference\":\"Patient/\"},\"focus\":[{\"reference\":\"#a\"}]}",
          "{\"a\":\"f47ac10b-58cc-4372-a567-0e02b2c3d479\",\"b\":\"F47AC10B-58CC-4372-A567-0E02B2C3D479\"}",
          "{\"a\":\"urn:uuid:f47ac10b-58cc-4372-a567-0e02b2c3d479\",\"b\":\"0-0-0-0-0\"}"
        })
    void ofOddJson(String json) {
      assertThat(throughStore(json)).isEqualTo(json);
    }

    @Test
    void ofLongTextsAndManyComponents() {
      Observation observation = new Observation();
      observation.setValue(new StringType("ä".repeat(50_000)));
      for (int i = 0; i < 2_000; i++) {
        observation.addComponent().setValue(new Quantity().setValue(new BigDecimal("1.10")));
      }
      String json = json(observation);
      assertThat(Split.of(json).whole()).isTrue();
      assertThat(throughStore(json)).isEqualTo(json);
    }
  }

  @Nested
  class TheShape {

    @Test
    void isOneForReadingsThatDifferInTimeValueIdentifierAndPerson() {
      Random random = new Random(1);
      Set<String> templates = new HashSet<>();
      for (int i = 0; i < 100; i++) {
        Observation reading = heartRate();
        reading.setEffective(new DateTimeType("2026-01-0" + (1 + i % 9) + "T00:00:00+01:00"));
        reading.getValueQuantity().setValue(random.nextInt(200));
        reading.getIdentifierFirstRep().setValue("urn:uuid:" + new java.util.UUID(1, i));
        reading.getSubject().setReference("Patient/p" + i).setDisplay("Person " + i);
        templates.add(Split.of(json(reading)).template());
      }
      assertThat(templates).hasSize(1);
    }

    @Test
    @Tag("safety")
    void holdsNothingThatTellsOfAPerson() {
      String marker = "Marqueur";
      Observation observation = heartRate();
      observation.getSubject().setReference("Patient/" + marker).setDisplay(marker);
      observation.getSubject().setIdentifier(new Identifier().setSystem("s").setValue(marker));
      observation.addPerformer().setReference("Practitioner/" + marker).setDisplay(marker);
      observation.getIdentifierFirstRep().setValue(marker).getAssigner().setDisplay(marker);
      observation.setValue(new CodeableConcept().setText(marker));
      observation.addNote().setText(marker);
      observation.addReferenceRange().setText(marker);
      observation
          .getText()
          .setStatus(Narrative.NarrativeStatus.GENERATED)
          .setDivAsString("<div>" + marker + "</div>");
      observation.addContained(patient(marker));
      observation.addExtension("https://example.org/x", new StringType(marker));
      observation.addExtension("https://example.org/y", new CodeableConcept().setText(marker));
      observation.getMeta().setSource("urn:" + marker);
      observation.addComponent().setValue(new StringType(marker));
      observation
          .getStatusElement()
          .addExtension("https://example.org/z", new Reference("Patient/" + marker));
      Split split = Split.of(json(observation));
      assertThat(split.template()).doesNotContain(marker).contains("8867-4").contains("Heart rate");
    }
  }

  @Nested
  class Refuses {

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{\"a\":", "{\"a\":1}{\"b\":2}", "{\"a\":\"\ud83d\"}"})
    void whatIsNoObjectInUnicode(String text) {
      assertThatThrownBy(() -> Split.of(text)).isInstanceOf(ProblemException.class);
    }
  }

  static Observation heartRate() {
    Observation observation = new Observation();
    observation.setStatus(Observation.ObservationStatus.FINAL);
    observation.addIdentifier().setSystem("urn:example:reading").setValue("1");
    observation.addCategory().addCoding().setSystem("urn:c").setCode("vital-signs");
    observation.getCode().addCoding().setSystem("http://loinc.org").setCode("8867-4");
    observation.getCode().setText("Heart rate");
    observation.setSubject(new Reference("Patient/p1"));
    observation.setEffective(new DateTimeType("2026-01-01T00:00:00+01:00"));
    observation.setDevice(new Reference("Device/d1"));
    observation.setValue(
        new Quantity()
            .setValue(new BigDecimal("72.0"))
            .setUnit("beats/min")
            .setSystem("http://unitsofmeasure.org")
            .setCode("/min"));
    return observation;
  }

  static String json(Observation observation) {
    return PublishedObservations.encode(observation);
  }

  private static Patient patient(String name) {
    Patient patient = new Patient();
    patient.setId("p");
    patient.addName().setFamily(name);
    return patient;
  }

  private static String throughStore(String json) {
    Split split = Split.of(json);
    List<Leaf> leaves = split.leaves();
    List<Integer> numbers = new ArrayList<>();
    Integer identifier = null;
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i).kind() == Leaf.Kind.NUMBER && numbers.isEmpty()) {
        numbers.add(i);
      } else if (leaves.get(i).property().equals("value") && identifier == null) {
        identifier = i;
      }
    }
    ShapeIndex index = new ShapeIndex(List.of(), numbers, identifier, true);
    Shape shape = Shape.of(1, split.template(), index);
    Kept kept =
        new Kept(
            BASE,
            numbers.isEmpty() ? null : shape.numbers(leaves)[0],
            shape.identifier(leaves),
            raw(leaves, shape.subjectLeaf()),
            raw(leaves, shape.deviceLeaf()));
    return Split.join(
        split.template(), Leaves.unpack(Leaves.pack(leaves, shape, kept), shape, kept));
  }

  private static String raw(List<Leaf> leaves, int leaf) {
    return leaf == Shape.NONE ? null : leaves.get(leaf).raw();
  }

  private static Observation generated(Random random) {
    Observation observation = random.nextInt(4) == 0 ? new Observation() : heartRate();
    if (random.nextBoolean()) {
      observation.setValue(value(random));
    }
    for (int i = random.nextInt(6) * random.nextInt(6); i > 0; i--) {
      Observation.ObservationComponentComponent component = observation.addComponent();
      component.getCode().addCoding(heartRate().getCode().getCodingFirstRep());
      if (random.nextInt(3) > 0) {
        component.setValue(value(random));
      } else {
        component.getDataAbsentReason().setText(text(random));
      }
    }
    if (random.nextInt(3) == 0) {
      observation.addContained(patient(text(random)));
      observation.setSubject(new Reference("#p"));
    }
    if (random.nextInt(3) == 0) {
      observation.addNote().setText(text(random)).setAuthor(new Reference("Patient/" + i(random)));
    }
    if (random.nextInt(3) == 0) {
      observation
          .getStatusElement()
          .addExtension("urn:e" + i(random), new StringType(text(random)));
      observation.getStatusElement().setId("id" + i(random));
    }
    if (random.nextInt(3) == 0) {
      observation.addExtension("urn:f", new CodeType("c" + i(random)));
      observation.addReferenceRange().setHigh(quantity(random)).setText(text(random));
    }
    if (random.nextInt(3) == 0) {
      observation.getText().setStatus(Narrative.NarrativeStatus.GENERATED);
      observation.getText().setDivAsString("<div>" + i(random) + " &lt; &#945; \u00e9</div>");
    }
    return observation;
  }

  private static int i(Random random) {
    return random.nextInt(50);
  }

  private static Type value(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> new StringType(text(random));
      case 1 -> new IntegerType(random.nextInt());
      case 2 -> new Range().setLow(quantity(random)).setHigh(quantity(random));
      case 3 -> new Ratio().setNumerator(quantity(random)).setDenominator(quantity(random));
      case 4 ->
          new SampledData()
              .setOrigin(quantity(random))
              .setPeriod(new BigDecimal("0.0010"))
              .setDimensions(1)
              .setData("E 1 2.50 L U");
      case 5 -> new TimeType("10:00:0" + random.nextInt(10));
      case 6 ->
          new Period()
              .setStartElement(new DateTimeType("2026-03"))
              .setEndElement(new DateTimeType("2026-03-01T10:00:00.5Z"));
      case 7 -> new CodeableConcept().setText(text(random));
      default -> quantity(random);
    };
  }

  private static Quantity quantity(Random random) {
    List<String> odd = List.of("6.30", "1e-3", "0.000", "-0.10", "1E+3", "100", "0.1E1");
    Quantity quantity = new Quantity().setUnit("mmol/L");
    quantity.setValue(new BigDecimal(odd.get(random.nextInt(odd.size()))));
    if (random.nextInt(5) == 0) {
      quantity.setComparator(Quantity.QuantityComparator.LESS_THAN);
    }
    return quantity;
  }

  private static String text(Random random) {
    List<String> parts = new ArrayList<>();
    List<String> odd =
        List.of("\"", "\\", "\n", "\t", "é", "日本", "😀", "\u2028", "a/b", "{", "]", "x");
    for (int i = random.nextInt(8) + 1; i > 0; i--) {
      parts.add(odd.get(random.nextInt(odd.size())));
    }
    return String.join(" ", parts);
  }
}
