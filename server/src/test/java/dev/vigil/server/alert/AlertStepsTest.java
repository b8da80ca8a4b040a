package dev.vigil.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.DetectedIssue.DetectedIssueMitigationComponent;
import org.hl7.fhir.r4.model.DetectedIssue.DetectedIssueStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A clinician takes an alert on and closes it, over FHIR. */
class AlertStepsTest {

  private static final String REASON =
      """
      {"resourceType":"Parameters","parameter":[{"name":"reason","valueString":"seen at the bed"}]}""";

  private final Hospital hospital = new Hospital();
  private Bedside bed;
  private String alert;
  private Instant before;

  @BeforeEach
  void raisesAnAlert() {
    bed = hospital.admit();
    before = Instant.now().minusSeconds(1);
    hospital.post("Observation", bed.impedance("150", Instant.now()));
    alert = "DetectedIssue/" + hospital.alerts(bed.patient(), 1).get(0).getIdElement().getIdPart();
  }

  @Test
  void acknowledgingNamesActorTimeAndReason() {
    Answer answer = hospital.send("POST", alert + "/$acknowledge", REASON);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(state(answer.resource(DetectedIssue.class))).isEqualTo("acknowledged");
    DetectedIssue stored = hospital.get(alert).resource(DetectedIssue.class);
    assertThat(state(stored)).isEqualTo("acknowledged");
    DetectedIssueMitigationComponent step = stored.getMitigationFirstRep();
    assertThat(step.getAction().getCodingFirstRep().getCode()).isEqualTo("acknowledged");
    assertThat(step.getAction().getText()).isEqualTo("seen at the bed");
    assertThat(step.getAuthor().getDisplay()).isEqualTo("demo-admin");
    assertThat(step.getDate().toInstant()).isBetween(before, Instant.now().plusSeconds(1));
    assertThat(hospital.count("DetectedIssue?alert-state=acknowledged&patient=" + bed.patient()))
        .isEqualTo(1);
    assertThat(hospital.count("DetectedIssue?alert-state=raised&patient=" + bed.patient()))
        .isZero();
  }

  @Test
  void resolvingKeepsBothStepsAndEndsThePeriod() {
    assertThat(hospital.send("POST", alert + "/$acknowledge", REASON).status()).isEqualTo(200);
    Answer answer = hospital.send("POST", alert + "/$resolve", REASON);

    assertThat(answer.status()).isEqualTo(200);
    DetectedIssue stored = hospital.get(alert).resource(DetectedIssue.class);
    assertThat(state(stored)).isEqualTo("resolved");
    assertThat(stored.getMitigation())
        .extracting(step -> step.getAction().getCodingFirstRep().getCode())
        .containsExactly("acknowledged", "resolved");
    assertThat(stored.getIdentifiedPeriod().hasEnd()).isTrue();
    assertConflict(hospital.send("POST", alert + "/$resolve", REASON));
    assertConflict(hospital.send("POST", alert + "/$acknowledge", REASON));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/fhir+json", "application/fhir+xml", "application/json"})
  void anEmptyBodyIsAStepWithoutAReason(String contentType) {
    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest(alert + "/$acknowledge", hospital.admin())
                .setHeader("Content-Type", contentType)
                .POST(BodyPublishers.noBody()));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(state(hospital.get(alert).resource(DetectedIssue.class))).isEqualTo("acknowledged");
  }

  @Test
  void anAlertIsFoundByItsSeverity() {
    String search = "DetectedIssue?patient=" + bed.patient() + "&severity=";

    assertThat(hospital.count(search + "high")).isEqualTo(1);
    assertThat(hospital.count(search + "moderate,low")).isZero();
  }

  @Test
  void aSecondAcknowledgementIsAConflict() {
    assertThat(
            hospital
                .send("POST", alert + "/$acknowledge", "{\"resourceType\":\"Parameters\"}")
                .status())
        .isEqualTo(200);
    assertConflict(hospital.send("POST", alert + "/$acknowledge", REASON));
    assertThat(hospital.get(alert).resource(DetectedIssue.class).getMitigation()).hasSize(1);
  }

  @Test
  void ofTwoAtTheSameTimeOneWins() {
    List<CompletableFuture<Integer>> both =
        Stream.of(1, 2)
            .map(
                n ->
                    CompletableFuture.supplyAsync(
                        () -> hospital.send("POST", alert + "/$acknowledge", REASON).status()))
            .toList();

    assertThat(both.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(200, 409);
    assertThat(hospital.get(alert).resource(DetectedIssue.class).getMitigation()).hasSize(1);
  }

  @Test
  void anAlertThatIsNotThereIs404() {
    assertThat(hospital.send("POST", "DetectedIssue/none/$acknowledge", REASON).status())
        .isEqualTo(404);
  }

  @Test
  void anAlertIsWrittenByItsStepsOnly() {
    DetectedIssue issue = hospital.get(alert).resource(DetectedIssue.class);
    issue.setStatus(DetectedIssueStatus.ENTEREDINERROR);
    assertConflict(hospital.put(alert, issue));
    issue.getIdentifier().clear();
    assertConflict(hospital.put(alert, issue));
    assertConflict(
        hospital.send(
            hospital
                .server()
                .fhirRequest(alert, hospital.admin())
                .setHeader("Content-Type", "application/json-patch+json")
                .method(
                    "PATCH",
                    BodyPublishers.ofString(
                        "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"cancelled\"}]"))));
    assertConflict(hospital.send("DELETE", alert, null));

    DetectedIssue stored = hospital.get(alert).resource(DetectedIssue.class);
    assertThat(stored.getMeta().getVersionId()).isEqualTo("1");
    assertThat(state(stored)).isEqualTo("raised");
  }

  @Test
  void aReaderMayNotTakeAStep() {
    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest(alert + "/$acknowledge", hospital.server().token("demo-ehr", ""))
                .POST(BodyPublishers.ofString(REASON)));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(state(hospital.get(alert).resource(DetectedIssue.class))).isEqualTo("raised");
  }

  @Test
  void anIssueThatAClientBroughtIsTheClients() {
    DetectedIssue theirs = new DetectedIssue();
    theirs.setStatus(DetectedIssueStatus.FINAL);
    Answer created = hospital.post("DetectedIssue", theirs);
    assertThat(created.status()).isEqualTo(201);
    String id = "DetectedIssue/" + created.resource(DetectedIssue.class).getIdElement().getIdPart();
    assertThat(hospital.send("DELETE", id, null).status()).isEqualTo(200);
  }

  private static void assertConflict(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    assertThat(answer.body()).contains("\"conflict\"");
  }

  private static String state(DetectedIssue issue) {
    return issue
        .getExtensionByUrl("https://vigil.dev/fhir/StructureDefinition/alert-state")
        .getValue()
        .primitiveValue();
  }
}
