package dev.vigil.server.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeriesOperationTest {

  private final Hospital hospital = new Hospital();
  private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(6 * 3_600);

  private List<Observation> post(Bedside bedside, String... values) {
    List<Observation> readings = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      readings.add(bedside.glucose(values[i], hour.plusSeconds(i * 300L)));
    }
    Answer answer =
        hospital.post(Bedside.posting(BundleType.TRANSACTION, readings.toArray(Resource[]::new)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    for (int i = 0; i < values.length; i++) {
      readings.get(i).setId(answer.entryLocations().get(i));
    }
    return readings;
  }

  private String path(Bedside bedside, String more) {
    return "Observation/$series?patient="
        + bedside.patient()
        + "&metric=glucose-interstitial&start="
        + hour
        + "&end="
        + hour.plusSeconds(3 * 3_600)
        + more;
  }

  private Parameters series(Bedside bedside, String more) {
    Answer answer = hospital.get(path(bedside, more));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.resource(Parameters.class);
  }

  private static List<ParametersParameterComponent> points(Parameters series) {
    return series.getParameter().stream().filter(one -> one.getName().equals("point")).toList();
  }

  private static String resolution(Parameters series) {
    return series.getParameter().stream()
        .filter(one -> one.getName().equals("resolution"))
        .findFirst()
        .orElseThrow()
        .getValue()
        .primitiveValue();
  }

  private static List<String> numbers(Parameters series, String part) {
    return points(series).stream()
        .flatMap(point -> point.getPart().stream())
        .filter(one -> one.getName().equals(part))
        .map(one -> (Quantity) one.getValue())
        .map(value -> value.getValue().toPlainString() + " " + value.getCode())
        .toList();
  }

  @Test
  void tellsEachReadingWithItsUnit() {
    Bedside bedside = hospital.admit();
    post(bedside, "100", "110.50", "90");

    Parameters series = series(bedside, "");

    assertThat(resolution(series)).isEqualTo("raw");
    assertThat(numbers(series, "value")).containsExactly("100 mg/dL", "110.50 mg/dL", "90 mg/dL");
  }

  @Test
  void takesAPostAndACode() {
    Bedside bedside = hospital.admit();
    post(bedside, "100");
    Parameters asked = new Parameters();
    asked.addParameter().setName("patient").setValue(new Reference(bedside.patient()));
    asked.addParameter("code", new StringType("http://loinc.org|99504-3"));

    Answer answer = hospital.post("Observation/$series", asked);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(numbers(answer.resource(Parameters.class), "value")).containsExactly("100 mg/dL");
  }

  @Test
  void sumsUpByHourWithTheGapBetween() {
    Bedside bedside = hospital.admit();
    post(bedside, "100", "110", "90");
    hospital.post("Observation", bedside.glucose("300", hour.plusSeconds(2 * 3_600)));
    Hospital.eventually(() -> points(series(bedside, "&resolution=hour")).size() == 2);

    Parameters series = series(bedside, "&resolution=hour&unit=g/L");

    assertThat(numbers(series, "mean")).containsExactly("1 g/L", "3 g/L");
    assertThat(numbers(series, "minimum")).containsExactly("0.9 g/L", "3 g/L");
    List<ParametersParameterComponent> ranges =
        points(series).get(0).getPart().stream()
            .filter(part -> part.getName().equals("range"))
            .toList();
    assertThat(ranges)
        .extracting(range -> range.getPart().get(0).getValue().primitiveValue())
        .containsExactly("very-low", "low", "target", "high", "very-high");
    assertThat(ranges)
        .extracting(range -> range.getPart().get(range.getPart().size() - 1).getValue())
        .extracting(time -> ((Quantity) time).getValue().signum())
        .containsExactly(0, 0, 1, 0, 0);
    assertThat(((Quantity) ranges.get(2).getPart().get(1).getValue()).getValue())
        .isEqualByComparingTo("0.7");
    assertThat(series.getParameter())
        .filteredOn(one -> one.getName().equals("gap"))
        .singleElement()
        .satisfies(
            gap ->
                assertThat(gap.getPart().get(0).getValue().primitiveValue())
                    .isEqualTo(hour.plusSeconds(3_600).toString()));
  }

  @Test
  void choosesStretchesThatSuitTheWantedNumberOfPoints() {
    Bedside bedside = hospital.admit();
    post(bedside, "100", "110", "90", "95", "96");

    Parameters series = series(bedside, "&points=4");

    assertThat(resolution(series)).isEqualTo("hour");
  }

  @Test
  void tellsWhatWasKnownBeforeACorrection() throws InterruptedException {
    Bedside bedside = hospital.admit();
    Observation wrong = post(bedside, "400").get(0);
    Thread.sleep(20);
    Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Thread.sleep(20);
    wrong.setStatus(ObservationStatus.ENTEREDINERROR);
    Answer answer = hospital.put("Observation/" + wrong.getIdElement().getIdPart(), wrong);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);

    assertThat(points(series(bedside, ""))).isEmpty();
    assertThat(numbers(series(bedside, "&at=" + before), "value")).containsExactly("400 mg/dL");
    assertThat(numbers(series(bedside, "&resolution=hour&at=" + before), "mean"))
        .containsExactly("400 mg/dL");
    assertThat(points(series(bedside, "&at=" + hour.minusSeconds(86_400)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "&unit=kg, 422, unit",
    "&unit=mmHg, 422, unit",
    "&resolution=week, 422, resolution",
    "&points=0, 422, points",
    "&at=yesterday, 422, at",
    "&code=99504-3, 422, code"
  })
  void namesTheParameterThatIsWrong(String more, int status, String name) {
    Answer answer = hospital.get(path(hospital.admit(), more));

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.expressions())
        .containsExactly("Parameters.parameter.where(name='" + name + "')");
  }

  @Test
  void refusesAParameterItDoesNotKnow() {
    assertThat(hospital.get(path(hospital.admit(), "&smooth=true")).status()).isEqualTo(422);
  }

  @Test
  void needsReadAndSearchOfObservationsAndTheOwnTenant() {
    Bedside bedside = hospital.admit();
    post(bedside, "100");
    VigilServer server = hospital.server();
    String path = path(bedside, "");

    assertThat(server.fhirGet(path, null).statusCode()).isEqualTo(401);
    for (String scope :
        List.of("system/Observation.r", "system/Observation.s", "system/Patient.rs")) {
      assertThat(server.fhirGet(path, server.token("demo-admin", scope)).statusCode())
          .as(scope)
          .isEqualTo(403);
    }
    assertThat(
            server.fhirGet(path, server.token("demo-admin", "system/Observation.rs")).statusCode())
        .isEqualTo(200);
    assertThat(server.fhirGet(path, server.token(VigilServer.OTHER_TENANT_CLIENT, "")).statusCode())
        .isEqualTo(404);
  }
}
