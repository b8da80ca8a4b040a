package dev.vigil.telemetry.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.vigil.core.Code;
import dev.vigil.core.SignalQuality;
import dev.vigil.terminology.metric.MetricCatalog;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShapeReadingTest {

  private static final String HEART_RATE =
      """
      {"resourceType":"Observation","status":"final",\
      "code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},\
      "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-01T10:00:00Z",\
      "valueQuantity":{"value":72.0,"system":"http://unitsofmeasure.org","code":"/min"},\
      "device":{"reference":"Device/d1"},"referenceRange":[{"low":{"value":50}}]}\
      """;

  private static List<ShapeReading> of(String json) {
    return ShapeReading.of(json, MetricCatalog.standard());
  }

  @Test
  void namesTheLeafOfTheNumberAmongOthers() {
    assertThat(of(HEART_RATE))
        .singleElement()
        .satisfies(
            reading -> {
              assertThat(reading.metric()).isEqualTo("heart-rate");
              assertThat(reading.leaf()).isEqualTo(2);
              assertThat(reading.unit()).isEqualTo("/min");
              assertThat(reading.quality()).isEmpty();
              assertThat(reading.spans()).isFalse();
            });
  }

  @Test
  void takesThePartsOfAPanelInOrder() {
    String panel =
        HEART_RATE
            .replace("8867-4", "85354-9")
            .replaceFirst("\"valueQuantity\":\\{[^}]*\\},", "")
            .replace(
                "\"referenceRange\":[{\"low\":{\"value\":50}}]",
                "\"component\":[" + part("8480-6", "120") + "," + part("8462-4", "80") + "]");

    assertThat(of(panel))
        .extracting(ShapeReading::ordinal, ShapeReading::metric, ShapeReading::leaf)
        .containsExactly(tuple(0, "systolic-pressure", 3), tuple(1, "diastolic-pressure", 4));
  }

  private static String part(String code, String value) {
    return "{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\""
        + code
        + "\"}]},\"valueQuantity\":{\"value\":"
        + value
        + ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}";
  }

  @Test
  void keepsACodeAndWhatTheDeviceSaysAgainstIt() {
    String battery =
        HEART_RATE
            .replace("http://loinc.org", Code.MDC)
            .replace("8867-4", "721280")
            .replaceFirst(
                "\"valueQuantity\":\\{[^}]*\\}",
                "\"valueCodeableConcept\":{\"coding\":[{\"system\":\""
                    + Code.MDC
                    + "\",\"code\":\"754113\"}]},\"interpretation\":[{\"coding\":[{\"system\":"
                    + "\"http://terminology.hl7.org/CodeSystem/measurement-status\","
                    + "\"code\":\"test-data\"}]}]");

    assertThat(of(battery))
        .singleElement()
        .satisfies(
            reading -> {
              assertThat(reading.code()).isEqualTo("754113");
              assertThat(reading.system()).isEqualTo(Code.MDC);
              assertThat(reading.leaf()).isNull();
              assertThat(reading.quality()).isEqualTo(Set.of(SignalQuality.TEST));
            });
  }

  @Test
  void findsNoneInWhatTheIntakeTakesNoneOf() {
    assertThat(of(HEART_RATE.replace("\"final\"", "\"entered-in-error\""))).isEmpty();
    assertThat(of(HEART_RATE.replace("\"device\":{\"reference\":\"Device/d1\"},", ""))).isEmpty();
    assertThat(of(HEART_RATE.replace("Patient/p1", "Device/d1"))).isEmpty();
    assertThat(of(HEART_RATE.replace("8867-4", "no-metric"))).isEmpty();
  }

  @Test
  void asksEachObservationThatHasNoShape() {
    String large =
        HEART_RATE.replace(
            "{\"system\":\"http://loinc.org\"",
            "{\"system\":\"http://example.com/of-one\",\"code\":\"x\"},".repeat(200)
                + "{\"system\":\"http://loinc.org\"");

    assertThat(of(large)).extracting(ShapeReading::metric).containsExactly(ShapeReading.ASK);
  }
}
