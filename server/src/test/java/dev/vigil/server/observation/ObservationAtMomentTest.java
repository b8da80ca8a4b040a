package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hazard: an answer about the past that holds what was written since, or lacks what was known. */
@Tag("safety")
class ObservationAtMomentTest {

  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();
  private final Bedside other = hospital.admit();
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  /** Searches of each kind, all of this test's patients. */
  private List<String> searches() {
    String both = "patient=" + bed.patient() + "," + other.patient();
    String mine = "patient=" + bed.patient();
    return List.of(
        both,
        mine,
        mine + "&code=http://loinc.org|8867-4",
        mine + "&code:not=http://loinc.org|8867-4",
        "subject=" + bed.patient(),
        mine + "&value-quantity=gt72",
        mine + "&value-quantity=72|http://unitsofmeasure.org|/min",
        mine + "&date=ge" + now.minus(Duration.ofDays(2)),
        mine + "&date=lt" + now.minus(Duration.ofDays(2)),
        mine + "&value-string=seen",
        mine + "&value-string:missing=false",
        mine + "&status=amended",
        mine + "&_tag=urn:t|a",
        mine + "&code-value-quantity=http://loinc.org|8867-4$gt72",
        mine + "&component-code=http://loinc.org|8480-6",
        mine + "&device=" + bed.device(),
        mine + "&performer:missing=true",
        "derived-from=http://elsewhere.example/Observation/1&" + mine,
        both + "&_sort=-date",
        both + "&_sort=date",
        both + "&_sort=-_lastUpdated",
        both + "&_sort=_id");
  }

  @Test
  void tellsWhatASearchOfThatMomentTold() {
    Map<Instant, Map<String, List<String>>> told = new LinkedHashMap<>();
    List<String> ids = new ArrayList<>();
    mark(told);
    for (int i = 0; i < 3; i++) {
      ids.add(create(bed.heartRate("" + (71 + i), now.minus(Duration.ofHours(30L * i + 1)))));
    }
    ids.add(create(bed.pressure("120", "80", now.minusSeconds(600))));
    ids.add(create(other.heartRate("90", now.minusSeconds(500))));
    mark(told);
    change(ids.get(0), it -> it.getValueQuantity().setValue(new BigDecimal("99")));
    change(ids.get(1), it -> it.setEffective(new DateTimeType("2026-01-05T00:00:00Z")));
    change(ids.get(2), it -> it.setStatus(Observation.ObservationStatus.AMENDED));
    mark(told);
    Observation text = new Observation();
    text.setStatus(Observation.ObservationStatus.FINAL).setSubject(new Reference(bed.patient()));
    text.getCode().setText("note");
    text.setValue(new StringType("seen"));
    text.addDerivedFrom(new Reference("http://elsewhere.example/Observation/1"));
    text.getMeta().addTag("urn:t", "a", null);
    ids.add(create(text));
    assertThat(hospital.send("DELETE", ids.get(0), "").status()).isLessThan(300);
    mark(told);
    change(
        ids.get(5),
        it -> it.setValue(new StringType("nothing")).setSubject(new Reference(other.patient())));
    change(ids.get(0), it -> it.getValueQuantity().setValue(new BigDecimal("72")));
    assertThat(hospital.send("DELETE", ids.get(4), "").status()).isLessThan(300);
    mark(told);

    told.forEach(
        (moment, answers) ->
            answers.forEach(
                (search, versions) ->
                    assertThat(versions("Observation?" + search + "&_at=" + MILLIS.format(moment)))
                        .as(moment + " " + search)
                        .isEqualTo(versions)));
    assertThat(told.values().stream().flatMap(it -> it.values().stream()).distinct().count())
        .isGreaterThan(20);
  }

  private void mark(Map<Instant, Map<String, List<String>>> told) {
    pause();
    Instant moment = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Map<String, List<String>> answers = new LinkedHashMap<>();
    searches().forEach(search -> answers.put(search, versions("Observation?" + search)));
    told.put(moment, answers);
    pause();
  }

  @Test
  void pagesWithoutShifting() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(create(bed.heartRate("7" + i, now.minusSeconds(60L * i + 1))));
    }
    pause();
    String at = MILLIS.format(Instant.now());
    pause();
    String search = "Observation?patient=" + bed.patient() + "&_sort=-date&_count=2&_at=" + at;
    Answer first = hospital.get(search);
    assertThat(first.bundle().getTotal()).isEqualTo(5);
    change(ids.get(2), it -> it.getValueQuantity().setValue(new BigDecimal("50")));
    assertThat(hospital.send("DELETE", ids.get(0), "").status()).isLessThan(300);
    create(bed.heartRate("60", now.minusSeconds(1)));

    List<String> found = new ArrayList<>(versions(first.bundle()));
    Bundle page = first.bundle();
    while (page.getLink(Bundle.LINK_NEXT) != null) {
      String next = page.getLink(Bundle.LINK_NEXT).getUrl();
      page = hospital.get(next.substring(next.indexOf("/fhir/") + 6)).bundle();
      found.addAll(versions(page));
    }

    assertThat(found).hasSize(5).isEqualTo(ids.stream().map(id -> id + "/_history/1").toList());
    Bundle count =
        hospital.get("Observation?patient=" + bed.patient() + "&_summary=count&_at=" + at).bundle();
    assertThat(count.getTotal()).isEqualTo(5);
    assertThat(count.getEntry()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "_at=2026, _at",
    "_at=2026-01-01, _at",
    "_at=2026-01-01T00:00:00, _at",
    "_at=2999-01-01T00:00:00Z, _at",
    "_at=2026-01-01T00:00:00Z&_at=2026-01-02T00:00:00Z, _at",
    "_at=2026-01-01T00:00:00Z&subject:Patient.name=x, subject",
    "_at=2026-01-01T00:00:00Z&_has:DiagnosticReport:result:status=final, _has",
    "_at=2026-01-01T00:00:00Z&_include=Observation:subject, _include",
    "_at=2026-01-01T00:00:00Z&_revinclude=Provenance:target, _revinclude",
    "_at=2026-01-01T00:00:00Z&code:in=http://hl7.org/fhir/ValueSet/observation-vitalsignresult, code",
    "_at=2026-01-01T00:00:00Z&_sort=code, _sort",
  })
  void refusesWhatItCannotAnswerExactly(String parameters, String named) {
    Answer answer = hospital.get("Observation?" + parameters);

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.resource(OperationOutcome.class).getIssueFirstRep().getExpression())
        .singleElement()
        .satisfies(expression -> assertThat(expression.getValue()).startsWith(named));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, Patient?_at=2026-01-01T00:00:00Z",
    "GET, Observation/$lastn?_at=2026-01-01T00:00:00Z",
    "DELETE, Observation?status=final&_at=2026-01-01T00:00:00Z"
  })
  void isIgnoredNowhere(String method, String url) {
    assertThat(hospital.send(method, url, "").status()).isEqualTo(422);
  }

  @Test
  void standsInTheCapabilityStatement() {
    CapabilityStatement statement = hospital.get("metadata").resource(CapabilityStatement.class);
    assertThat(statement.getRestFirstRep().getResource())
        .filteredOn(
            type -> type.getSearchParam().stream().anyMatch(it -> it.getName().equals("_at")))
        .extracting(CapabilityStatementRestResourceComponent::getType)
        .containsExactly("Observation");
  }

  private String create(Observation observation) {
    Answer answer = hospital.post("Observation", observation);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return new IdType(answer.headers().firstValue("Location").orElseThrow())
        .toUnqualifiedVersionless()
        .getValue();
  }

  private void change(String id, java.util.function.Consumer<Observation> change) {
    Answer current = hospital.get(id);
    Observation observation =
        current.status() == 200
            ? current.resource(Observation.class)
            : hospital.get(id + "/_history/1").resource(Observation.class);
    change.accept(observation);
    observation.getMeta().setVersionId(null);
    observation.setId(new IdType(id));
    Answer answer = hospital.put(id, observation);
    assertThat(answer.status()).as(answer.body()).isBetween(200, 201);
  }

  private List<String> versions(String search) {
    Answer answer = hospital.get(search.replace("|", "%7C") + "&_count=50");
    assertThat(answer.status()).as(search + " " + answer.body()).isEqualTo(200);
    List<String> found = versions(answer.bundle());
    // Without an order, and in that of keys, what moved to another week may come elsewhere.
    return search.contains("_sort=") && !search.contains("_sort=_id")
        ? found
        : found.stream().sorted().toList();
  }

  private static List<String> versions(Bundle bundle) {
    return bundle.getEntry().stream()
        .map(BundleEntryComponent::getResource)
        .map(it -> it.getIdElement().toUnqualified().getValue())
        .toList();
  }

  private static void pause() {
    try {
      Thread.sleep(15);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
