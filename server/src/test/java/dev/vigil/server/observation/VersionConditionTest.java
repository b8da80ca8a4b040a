package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Basic;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryRequestComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code If-Match} where HAPI passes over it or fails: of ours, and of what HAPI keeps itself. */
class VersionConditionTest {

  private final Hospital hospital = new Hospital();

  /** Two versions of it. */
  private String written(String type) {
    String path = type + "/" + UUID.randomUUID();
    assertThat(hospital.put(path, resource(path, ObservationStatus.FINAL)).status()).isEqualTo(201);
    assertThat(hospital.put(path, resource(path, ObservationStatus.AMENDED)).status())
        .isEqualTo(200);
    return path;
  }

  private static Resource resource(String path, ObservationStatus status) {
    if (path.startsWith("Observation")) {
      Observation observation = new Observation().setStatus(status);
      observation.getCode().setText("note");
      observation.setId(path);
      return observation;
    }
    Basic basic = new Basic();
    basic.getCode().setText(status.toCode());
    basic.setId(path);
    return basic;
  }

  private Answer send(String method, String path, String tag) {
    boolean patch = method.equals("PATCH");
    String body =
        patch
            ? "[{\"op\":\"add\",\"path\":\"/language\",\"value\":\"en\"}]"
            : Hospital.json(resource(path, ObservationStatus.CORRECTED));
    return hospital.send(
        hospital
            .server()
            .fhirRequest(path, hospital.admin())
            .setHeader(
                "Content-Type", patch ? "application/json-patch+json" : "application/fhir+json")
            .header("If-Match", tag)
            .method(
                method,
                method.equals("DELETE") ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
  }

  private Answer deletion(String path, String tag, BundleType type) {
    Bundle bundle = new Bundle().setType(type);
    BundleEntryRequestComponent request = bundle.addEntry().getRequest();
    request.setMethod(HTTPVerb.DELETE).setUrl(path).setIfMatch(tag);
    return hospital.post(bundle);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Observation", "Basic"})
  void deletesWhatTheCallerKnows(String type) {
    String path = written(type);

    assertThat(send("DELETE", path, "W/\"1\"").status()).isEqualTo(409);
    assertThat(hospital.get(path).status()).isEqualTo(200);
    assertThat(send("DELETE", path, "W/\"2\"").status()).isEqualTo(200);
    assertThat(hospital.get(path).status()).isEqualTo(410);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Observation", "Basic"})
  void deletesWhatAnEntryKnows(String type) {
    String path = written(type);

    assertThat(deletion(path, "W/\"1\"", BundleType.TRANSACTION).status()).isEqualTo(409);
    assertThat(deletion(path, "W/\"1\"", BundleType.BATCH).entryStatuses()).containsExactly(409);
    assertThat(hospital.get(path).status()).isEqualTo(200);
    assertThat(deletion(path, "W/\"2\"", BundleType.TRANSACTION).entryStatuses())
        .containsExactly(204);
    assertThat(hospital.get(path).status()).isEqualTo(410);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Observation", "Basic"})
  void aTagThatNamesNoVersionIsRefused(String type) {
    String path = written(type);

    for (String tag : List.of("*", "W/\"x\"", "\"\"", "W/\"1\", W/\"2\"")) {
      for (String method : List.of("PUT", "PATCH", "DELETE")) {
        Answer answer = send(method, path, tag);
        assertThat(answer.status()).as(method + " " + tag + answer.body()).isEqualTo(400);
        assertThat(answer.resource(OperationOutcome.class).getIssue()).hasSize(1);
      }
      assertThat(deletion(path, tag, BundleType.TRANSACTION).status()).isEqualTo(400);
    }
    assertThat(hospital.get(path + "/_history").bundle().getEntry()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2\"", "2", " W/\"2\""})
  void aVersionMayBeWrittenInSeveralWays(String tag) {
    assertThat(send("PUT", written("Observation"), tag).status()).isEqualTo(200);
  }

  @Test
  void goesWithNoCondition() {
    String condition = "Observation?identifier=urn:vigil:story%7C" + UUID.randomUUID();

    assertThat(send("DELETE", condition, "W/\"1\"").status()).isEqualTo(422);
    assertThat(deletion(condition, "W/\"1\"", BundleType.TRANSACTION).status()).isEqualTo(400);
  }
}
