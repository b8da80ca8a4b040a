package dev.vigil.server.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationComponentComponent;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.UriType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatsOperationTest {

  private static final String LOINC = "http://loinc.org";
  private static final String HEART_RATE = "8867-4";

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();
  private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(20 * 3_600);

  /** One an hour. */
  private void heartRates(String... values) {
    for (int i = 0; i < values.length; i++) {
      post(bed.heartRate(values[i], hour.plusSeconds(3_600L * i)));
    }
  }

  private void post(Observation observation) {
    Answer answer = hospital.post("Observation", observation);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
  }

  private Parameters stats(String more) {
    Answer answer = hospital.get(path(more));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.resource(Parameters.class);
  }

  private String path(String more) {
    return "Observation/$stats?subject="
        + bed.patient()
        + "&code="
        + HEART_RATE
        + "&system="
        + LOINC
        + more;
  }

  private static List<Observation> resources(Parameters answer, String name) {
    return answer.getParameter().stream()
        .filter(one -> one.getName().equals(name))
        .map(ParametersParameterComponent::getResource)
        .map(Observation.class::cast)
        .toList();
  }

  private static Quantity figure(Observation statistics, String code) {
    return statistics.getComponent().stream()
        .filter(one -> one.getCode().getCodingFirstRep().getCode().equals(code))
        .findFirst()
        .map(ObservationComponentComponent::getValueQuantity)
        .orElseThrow();
  }

  private static Parameters ask(String subject) {
    Parameters input = new Parameters();
    input.addParameter().setName("subject").setValue(new UriType(subject));
    return input;
  }

  private Parameters posted(Parameters input) {
    Answer answer = hospital.post("Observation/$stats", input);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.resource(Parameters.class);
  }

  @Test
  void tellsEachFigureWithItsUnit() {
    heartRates("62", "64", "64", "64", "65", "65", "67", "69");

    Observation statistics =
        resources(
                stats(
                    "&statistic=average&statistic=maximum&statistic=variance&statistic=count"
                        + "&statistic=80-percent&statistic=regression"),
                "statistics")
            .get(0);

    assertThat(statistics.getCode().getCodingFirstRep().getCode()).isEqualTo(HEART_RATE);
    assertThat(statistics.getSubject().getReference()).isEqualTo(bed.patient());
    assertThat(figure(statistics, "average").getValue()).isEqualByComparingTo("65");
    assertThat(figure(statistics, "average").getCode()).isEqualTo("/min");
    assertThat(figure(statistics, "maximum").getValue()).isEqualByComparingTo("69");
    assertThat(figure(statistics, "variance").getValue()).isEqualByComparingTo("4.57142857142857");
    assertThat(figure(statistics, "variance").getCode()).isEqualTo("(/min)2");
    assertThat(figure(statistics, "count").getValue()).isEqualByComparingTo("8");
    assertThat(figure(statistics, "80-percent").getValue()).isEqualByComparingTo("66.2");
    List<ObservationComponentComponent> line =
        statistics.getComponent().stream()
            .filter(one -> one.getCode().getCodingFirstRep().getCode().equals("regression"))
            .toList();
    assertThat(line)
        .extracting(one -> one.getCode().getText())
        .containsExactly("Gradient", "Intercept");
    assertThat(line.get(0).getValueQuantity().getValue()).isEqualByComparingTo("0.80952380952381");
    assertThat(line.get(0).getValueQuantity().getCode()).isEqualTo("(/min)/h");
    assertThat(line.get(1).getValueQuantity().getValue()).isEqualByComparingTo("62.1666666666667");
  }

  @Test
  void countsWhatLiesInThePeriodOnly() {
    heartRates("60", "70", "80", "90");
    Parameters input = ask(bed.patient());
    input.addParameter().setName("coding").setValue(new Coding(LOINC, HEART_RATE, null));
    input.addParameter().setName("statistic").setValue(new CodeType("average"));
    input
        .addParameter()
        .setName("period")
        .setValue(
            new Period()
                .setStart(Date.from(hour.plusSeconds(3_600)))
                .setEnd(Date.from(hour.plusSeconds(2 * 3_600))));

    Observation statistics = resources(posted(input), "statistics").get(0);

    assertThat(figure(statistics, "average").getValue()).isEqualByComparingTo("75");
    assertThat(statistics.getEffectivePeriod().getStart().toInstant())
        .isEqualTo(hour.plusSeconds(3_600));
  }

  @Test
  void aDurationReachesBackFromNow() {
    heartRates("60", "70");
    post(bed.heartRate("99", Instant.now().minusSeconds(600)));

    Observation lastHour =
        resources(stats("&duration=1&statistic=minimum&statistic=count"), "statistics").get(0);
    Observation lastDay = resources(stats("&duration=24.5&statistic=minimum"), "statistics").get(0);

    assertThat(figure(lastHour, "minimum").getValue()).isEqualByComparingTo("99");
    assertThat(figure(lastHour, "count").getValue()).isEqualByComparingTo("1");
    assertThat(figure(lastDay, "minimum").getValue()).isEqualByComparingTo("60");
  }

  @Test
  void tellsTheSourcesWhenAskedNewestFirst() {
    heartRates("61", "62", "63");

    assertThat(resources(stats("&statistic=sum"), "source")).isEmpty();
    assertThat(resources(stats("&statistic=sum&limit=2"), "source")).isEmpty();
    assertThat(resources(stats("&statistic=sum&include=true&limit=2"), "source"))
        .extracting(one -> one.getValueQuantity().getValue().toPlainString())
        .containsExactly("63", "62");
    assertThat(resources(stats("&statistic=sum&include=true"), "source")).hasSize(3);
  }

  @Test
  void eachCodeHasFiguresOfItsOwn() {
    heartRates("60", "80");
    post(bed.spo2("97", hour));

    Parameters input = ask("http://elsewhere.org/fhir/" + bed.patient());
    Answer elsewhere = hospital.post("Observation/$stats", input);
    List<Observation> both =
        resources(
            stats("&code=59408-5&code=1234-5&statistic=average&statistic=count"), "statistics");

    assertThat(elsewhere.status()).isEqualTo(422);
    assertThat(both)
        .extracting(one -> one.getCode().getCodingFirstRep().getCode())
        .containsExactly(HEART_RATE, "59408-5", "1234-5");
    assertThat(figure(both.get(0), "average").getValue()).isEqualByComparingTo("70");
    assertThat(figure(both.get(1), "average").getCode()).isEqualTo("%");
    assertThat(figure(both.get(2), "count").getValue()).isEqualByComparingTo("0");
    assertThat(
            both.get(2).getComponent().get(0).getDataAbsentReason().getCodingFirstRep().getCode())
        .isEqualTo("not-applicable");
  }

  @Test
  void whatHoldsNoNumberCountsInTheTotalOnly() {
    heartRates("60", "80");
    post(coded(new StringType("not measurable")));
    post(coded(new IntegerType(70)));
    post(coded(new Quantity().setComparator(Quantity.QuantityComparator.LESS_THAN).setValue(30)));
    Observation mistaken = coded(new IntegerType(7));
    mistaken.setStatus(ObservationStatus.ENTEREDINERROR);
    post(mistaken);
    Parameters input = ask(bed.patient());
    input.addParameter().setName("coding").setValue(new Coding("urn:local", "steps", null));
    input.addParameter().setName("statistic").setValue(new CodeType("count"));
    input.addParameter().setName("statistic").setValue(new CodeType("total-count"));
    input.addParameter().setName("statistic").setValue(new CodeType("average"));

    Observation statistics = resources(posted(input), "statistics").get(0);

    assertThat(figure(statistics, "count").getValue()).isEqualByComparingTo("1");
    assertThat(figure(statistics, "total-count").getValue()).isEqualByComparingTo("3");
    assertThat(figure(statistics, "average").getValue()).isEqualByComparingTo("70");
    assertThat(figure(statistics, "average").hasCode()).isFalse();
  }

  private Observation coded(org.hl7.fhir.r4.model.Type value) {
    Observation observation = bed.numeric("urn:local", "steps", "1", "1", hour);
    observation.setDevice(null);
    observation.setValue(value);
    return observation;
  }

  @Test
  void unitsOfOneKindAreConvertedAndOthersRefused() {
    post(coded(quantity("2", "g")));
    Observation newer = coded(quantity("500", "mg"));
    newer.getEffectiveInstantType().setValue(Date.from(hour.plusSeconds(60)));
    post(newer);
    String path =
        "Observation/$stats?subject="
            + bed.patient()
            + "&code=steps&system=urn:local&statistic=sum";

    Observation statistics =
        resources(hospital.get(path).resource(Parameters.class), "statistics").get(0);
    assertThat(figure(statistics, "sum").getValue()).isEqualByComparingTo("2500");
    assertThat(figure(statistics, "sum").getCode()).isEqualTo("mg");

    post(coded(quantity("1", "mm")));
    Answer mixed = hospital.get(path);
    assertThat(mixed.status()).isEqualTo(422);
    assertThat(mixed.expressions()).containsExactly("Observation.value");
  }

  private static Quantity quantity(String value, String unit) {
    return new Quantity()
        .setValue(new BigDecimal(value))
        .setSystem("http://unitsofmeasure.org")
        .setCode(unit)
        .setUnit(unit);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&statistic=mode",
        "",
        "&statistic=average&limit=0&include=true",
        "&statistic=average&duration=-1",
        "&statistic=average&nonsense=1"
      })
  void refusesWhatItCannotAnswer(String more) {
    assertThat(hospital.get(path(more)).status()).isBetween(400, 422);
  }

  @Test
  void refusesACodeWithoutSystemAndAnUnknownSubject() {
    String withoutSystem =
        "Observation/$stats?subject=" + bed.patient() + "&code=8867-4&statistic=count";
    String unknown =
        "Observation/$stats?subject=Patient/nobody&system=urn:x&code=8867-4&statistic=count";

    assertThat(hospital.get(withoutSystem).expressions())
        .containsExactly("Parameters.parameter.where(name='system')");
    assertThat(hospital.get(unknown).status()).isEqualTo(404);
  }

  @Test
  void isForThoseWhoMaySearchAndReadObservations() {
    heartRates("60");
    VigilServer server = hospital.server();
    String searching = server.token("demo-ehr", "system/Observation.s");
    String reading = server.token("demo-ehr", "system/Observation.rs");
    String patients = server.token("demo-ehr", "system/Patient.rs");
    String other = server.token(VigilServer.OTHER_TENANT_CLIENT, "");

    assertThat(server.fhirGet(path("&statistic=count"), searching).statusCode()).isEqualTo(403);
    assertThat(server.fhirGet(path("&statistic=count"), patients).statusCode()).isEqualTo(403);
    assertThat(server.fhirGet(path("&statistic=count"), reading).statusCode()).isEqualTo(200);
    assertThat(server.fhirGet(path("&statistic=count"), other).statusCode()).isEqualTo(404);
  }
}
