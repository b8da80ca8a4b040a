package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Hospital;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.DiagnosticReport.DiagnosticReportStatus;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Histories by time: of an Observation, and of a DiagnosticReport, which HAPI keeps itself, written
 * in the same steps.
 */
class ObservationHistoryTest {

  private static final List<String> TYPES = List.of("Observation", "DiagnosticReport");

  /** Without its fraction a moment stands for the whole second. */
  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final Hospital hospital = new Hospital();
  private final String id = UUID.randomUUID().toString();
  private final List<Instant> between = new ArrayList<>();

  /** Created, changed, deleted, brought back; a moment noted before, between and behind. */
  @BeforeEach
  void write() {
    mark();
    both("PUT", false, 201);
    mark();
    both("PUT", true, 200);
    mark();
    both("DELETE", false, 200);
    mark();
    both("PUT", false, 201);
    mark();
  }

  private void mark() {
    pause();
    between.add(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    pause();
  }

  private static void pause() {
    try {
      Thread.sleep(15);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void both(String method, boolean changed, int status) {
    for (String type : TYPES) {
      String path = type + "/" + id;
      String body = method.equals("DELETE") ? null : Hospital.json(resource(type, path, changed));
      assertThat(hospital.send(method, path, body).status()).isEqualTo(status);
    }
  }

  private static Resource resource(String type, String path, boolean changed) {
    CodeableConcept code = new CodeableConcept().setText("note");
    Resource resource =
        type.equals("Observation")
            ? new Observation()
                .setStatus(changed ? ObservationStatus.AMENDED : ObservationStatus.FINAL)
                .setCode(code)
            : new DiagnosticReport()
                .setStatus(changed ? DiagnosticReportStatus.AMENDED : DiagnosticReportStatus.FINAL)
                .setCode(code);
    resource.setId(path);
    return resource;
  }

  private String at(int place) {
    return MILLIS.format(between.get(place));
  }

  /** What an answer tells of this test's resource: method and version, newest first. */
  private List<String> versions(String type, String path) {
    Answer answer = hospital.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    Bundle bundle = answer.bundle();
    List<String> seen = new ArrayList<>();
    for (BundleEntryComponent entry : bundle.getEntry()) {
      if (entry.getRequest().getUrl().startsWith(type + "/" + id)) {
        seen.add(
            entry.getRequest().getMethod()
                + " "
                + entry.getResponse().getStatus()
                + " "
                + entry.getResponse().getEtag()
                + " "
                + entry.hasResource());
      }
    }
    return seen;
  }

  private List<String> instance(String type, String query) {
    return versions(type, type + "/" + id + "/_history" + query);
  }

  private void same(String query, int expected) {
    List<String> ours = instance(TYPES.get(0), query);
    assertThat(ours).as(query).isEqualTo(instance(TYPES.get(1), query)).hasSize(expected);
  }

  @Test
  void ofOneAreAsHapisAtAnyTime() {
    same("", 4);
    same("?_count=2", 2);
    same("?_count=2&_offset=1", 2);
    same("?_since=" + at(0), 4);
    same("?_since=" + at(2), 2);
    same("?_since=" + at(4), 0);
    for (int i = 1; i < 5; i++) {
      same("?_at=" + at(i), 1);
      same("?_at=gt" + at(i), 5 - i);
      same("?_at=ge" + at(i), 5 - i);
      same("?_at=lt" + at(i), i);
      same("?_at=le" + at(i), i);
    }
    same("?_at=gt" + at(1) + "&_at=lt" + at(3), 3);
    same("?_at=gt" + at(2) + "&_at=lt" + at(4) + "&_count=1", 1);
    same("?_at=" + at(0).substring(0, 4), 4);
    same("?_at=lt2020", 0);
  }

  @Test
  void anEarlierLookHidesNoVersion() {
    for (String type : TYPES) {
      for (int versions = 4; versions < 7; versions++) {
        Bundle history = hospital.get(type + "/" + id + "/_history").bundle();
        assertThat(history.getTotal()).isEqualTo(versions);
        assertThat(history.getEntry()).hasSize(versions);
        assertThat(history.getLink("next")).isNull();
        String path = type + "/" + id;
        assertThat(hospital.put(path, resource(type, path, versions % 2 == 0)).status())
            .isEqualTo(200);
      }
    }
  }

  @Test
  void ofOneTellWhatWasCurrentThen() {
    assertThat(instance("Observation", "?_at=" + at(1)))
        .containsExactly("POST 201 Created W/\"1\" true");
    assertThat(instance("Observation", "?_at=" + at(2))).containsExactly("PUT 200 OK W/\"2\" true");
    assertThat(instance("Observation", "?_at=" + at(3)).get(0)).startsWith("DELETE");
  }

  @Test
  void ofTheTypeAndOfAllHoldTheSameVersions() {
    String span = "_at=gt" + at(0) + "&_at=lt" + at(4);
    for (String type : TYPES) {
      assertThat(versions(type, type + "/_history?" + span)).isEqualTo(instance(type, ""));
      assertThat(versions(type, type + "/_history?_since=" + at(2)))
          .isEqualTo(instance(type, "?_since=" + at(2)));
      assertThat(versions(type, "_history?_count=50&" + span)).isEqualTo(instance(type, ""));
      assertThat(versions(type, "_history?_count=50&_since=" + at(2)))
          .isEqualTo(instance(type, "?_since=" + at(2)));
    }
  }

  @Test
  void ofTheTypeTellWhatWasCurrentThen() {
    assertThat(versions("Observation", "Observation/_history?_count=500&_at=" + at(2)))
        .containsExactly("PUT 200 OK W/\"2\" true");
    assertThat(versions("Observation", "Observation/_history?_count=500&_at=lt" + at(0))).isEmpty();
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    assertThat(hospital.get("Observation/" + id + "/_history?_at=yesterday").status())
        .isEqualTo(400);
    assertThat(hospital.get("Observation/_history?_since=soon").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Observation/%s/_history?", "Observation/_history?", "_history?"})
  void noVersionComesTwiceOrIsLeftOutWhileOthersAreWritten(String shape) {
    for (int i = 0; i < 6; i++) {
      both("PUT", i % 2 == 0, 200);
    }
    String path = shape.formatted(id) + "_count=3&_since=" + at(0);
    List<String> expected = fullVersions(shape.formatted(id) + "_count=100&_since=" + at(0));
    List<String> seen = new ArrayList<>();
    for (String next = path; next != null; ) {
      Answer answer = hospital.get(next);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      seen.addAll(names(answer.bundle()));
      Bundle.BundleLinkComponent link = answer.bundle().getLink("next");
      next = link == null ? null : link.getUrl().replace(hospital.server().fhir() + "/", "");
      assertThat(seen).hasSizeLessThan(200);
      if (seen.size() < 15) {
        both("PUT", seen.size() % 2 == 0, 200);
      }
    }
    assertThat(seen).doesNotHaveDuplicates().containsSubsequence(expected);
    assertThat(expected).hasSizeGreaterThanOrEqualTo(10);
  }

  private List<String> fullVersions(String path) {
    return names(hospital.get(path).bundle());
  }

  private static List<String> names(Bundle bundle) {
    return bundle.getEntry().stream()
        .map(entry -> entry.getRequest().getUrl() + " " + entry.getResponse().getEtag())
        .toList();
  }
}
