package dev.vigil.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Timing.UnitsOfTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From readings over HTTP to alerts over HTTP, rule by rule. */
class RulesOverHttpTest {

  private static final String EXTENSION = "https://vigil.dev/fhir/StructureDefinition/";
  private static final Instant END = Instant.now().minusSeconds(5);

  private final Hospital hospital = new Hospital();

  /** Readings that fulfil one rule, the last of them completing it. */
  record Condition(String rule, String tier, String severity, Readings readings) {
    @Override
    public String toString() {
      return rule;
    }
  }

  /** Readings of a bedside. */
  interface Readings {
    List<Observation> at(Bedside bed);
  }

  static Stream<Condition> conditions() {
    return Stream.of(
        new Condition("GLU-01", "high", "high", every(5, 15, (b, t) -> b.glucose("53", t))),
        new Condition("GLU-02", "medium", "moderate", every(5, 15, (b, t) -> b.glucose("69", t))),
        new Condition("GLU-05", "medium", "moderate", every(5, 60, (b, t) -> b.glucose("251", t))),
        new Condition("OXY-01", "high", "high", every(2, 2, (b, t) -> b.spo2("84", t))),
        new Condition("OXY-02", "medium", "moderate", every(1, 3, (b, t) -> b.spo2("87", t))),
        new Condition("HRT-01", "medium", "moderate", every(1, 5, (b, t) -> b.heartRate("131", t))),
        new Condition("HRT-02", "high", "high", every(1, 2, (b, t) -> b.heartRate("39", t))),
        new Condition("BPR-01", "high", "high", every(5, 5, (b, t) -> b.pressure("181", "95", t))),
        new Condition("PM-01", "high", "high", every(1, 0, (b, t) -> b.batteryStatus("754116", t))),
        new Condition("PM-02", "high", "high", every(1, 0, (b, t) -> b.impedance("2001", t))));
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void raisesOneAlertThatCitesTheRule(Condition condition) {
    Bedside bed = hospital.admit();
    Observation[] readings = condition.readings().at(bed).toArray(Observation[]::new);
    List<String> stored =
        hospital.post(Bedside.posting(BundleType.TRANSACTION, readings)).entryLocations();

    List<DetectedIssue> alerts = hospital.alerts(bed.patient(), 1);
    assertThat(alerts).hasSize(1);
    DetectedIssue alert = alerts.get(0);
    assertThat(alert.getCode().getCodingFirstRep().getCode()).isEqualTo(condition.rule());
    CanonicalType rule =
        (CanonicalType) alert.getExtensionByUrl(EXTENSION + "alert-rule").getValue();
    assertThat(rule.getValue())
        .isEqualTo("https://vigil.dev/fhir/PlanDefinition/" + condition.rule() + "|1.0.0");
    assertThat(extension(alert, "alert-tier")).isEqualTo(condition.tier());
    assertThat(extension(alert, "alert-state")).isEqualTo("raised");
    assertThat(alert.getSeverity().toCode()).isEqualTo(condition.severity());
    assertThat(alert.getPatient().getReference()).isEqualTo(bed.patient());
    assertThat(alert.getImplicated()).extracting(r -> r.getReference()).contains(bed.device());
    assertThat(alert.getEvidenceFirstRep().getDetail())
        .extracting(r -> r.getReference())
        .contains(stored.get(stored.size() - 1))
        .isSubsetOf(stored);
    assertThat(hospital.count("DetectedIssue?alert-state=raised&patient=" + bed.patient()))
        .isEqualTo(1);
    assertThat(hospital.count("DetectedIssue?alert-state=resolved&patient=" + bed.patient()))
        .isZero();

    hospital.post(Bedside.posting(BundleType.TRANSACTION, readings));
    hospital.rulesCaughtUp();
    assertThat(hospital.alerts(bed.patient())).as("once an episode").hasSize(1);
  }

  @Test
  void readingsInsideEveryLimitRaiseNothing() {
    Bedside bed = hospital.admit();
    List<Observation> calm = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Instant moment = END.minus(Duration.ofMinutes(5L * (7 - i)));
      calm.add(bed.glucose("110", moment));
      calm.add(bed.spo2("97", moment));
      calm.add(bed.heartRate("72", moment));
      calm.add(bed.pressure("120", "80", moment));
    }
    calm.add(bed.batteryStatus("754113", END));
    calm.add(bed.impedance("500", END));
    assertThat(
            hospital
                .post(Bedside.posting(BundleType.TRANSACTION, calm.toArray(Observation[]::new)))
                .status())
        .isEqualTo(200);

    hospital.rulesCaughtUp();
    assertThat(hospital.alerts(bed.patient())).isEmpty();
  }

  @Test
  void aSensorThatMeasuresEveryQuarterOfAnHourRaisesByTwoReadings() {
    Readings two = every(15, 15, (b, t) -> b.glucose("53", t));
    Bedside unsaid = hospital.admit();
    Bedside seldom = hospital.admit();
    created(seldom.glucoseEvery("15", UnitsOfTime.MIN));

    post(unsaid, two);
    post(seldom, two);

    assertThat(hospital.alerts(seldom.patient(), 1))
        .extracting(alert -> alert.getCode().getCodingFirstRep().getCode())
        .containsExactly("GLU-01");
    hospital.rulesCaughtUp();
    assertThat(hospital.alerts(unsaid.patient())).as("5 minutes by default").isEmpty();
  }

  @Test
  void theReadingsOfTheDefaultAreTooFewForASensorThatMeasuresEveryMinute() {
    Readings few = every(5, 15, (b, t) -> b.glucose("53", t));
    Bedside often = hospital.admit();
    String channel = created(often.glucoseEvery("1", UnitsOfTime.MIN));

    post(often, few);
    hospital.rulesCaughtUp();
    assertThat(hospital.alerts(often.patient())).isEmpty();

    DeviceMetric corrected = often.glucoseEvery("300", UnitsOfTime.S);
    corrected.setId(channel);
    assertThat(hospital.put(channel, corrected).status()).isEqualTo(200);
    post(often, bed -> List.of(bed.glucose("53", END.plusSeconds(1))));
    assertThat(hospital.alerts(often.patient(), 1)).as("the period was changed").hasSize(1);
  }

  @Test
  void aDeletedDeviceMetricSaysNothingAnyMore() {
    Bedside bed = hospital.admit();
    String channel = created(bed.glucoseEvery("1", UnitsOfTime.MIN));
    assertThat(hospital.send("DELETE", channel, null).status()).isEqualTo(200);

    post(bed, every(5, 15, (b, t) -> b.glucose("53", t)));
    assertThat(hospital.alerts(bed.patient(), 1)).hasSize(1);
  }

  private String created(DeviceMetric channel) {
    Answer answer = hospital.post("DeviceMetric", channel);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return "DeviceMetric/" + answer.resource(DeviceMetric.class).getIdElement().getIdPart();
  }

  private void post(Bedside bed, Readings readings) {
    Observation[] observations = readings.at(bed).toArray(Observation[]::new);
    assertThat(hospital.post(Bedside.posting(BundleType.TRANSACTION, observations)).status())
        .isEqualTo(200);
  }

  private static Readings every(
      int minutes, int total, BiFunction<Bedside, Instant, Observation> reading) {
    return bed -> {
      List<Observation> readings = new ArrayList<>();
      for (int left = total; left >= 0; left -= minutes) {
        readings.add(reading.apply(bed, END.minus(Duration.ofMinutes(left))));
      }
      return readings;
    };
  }

  private static String extension(DetectedIssue alert, String name) {
    return alert.getExtensionByUrl(EXTENSION + name).getValue().primitiveValue();
  }
}
