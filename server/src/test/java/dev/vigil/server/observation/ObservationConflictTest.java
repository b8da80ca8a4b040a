package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several clients change one Observation at once. */
class ObservationConflictTest {

  private static final int CLIENTS = 8;

  private final Hospital hospital = new Hospital();
  private final String path = "Observation/" + UUID.randomUUID();

  private static String observation(String path, String value) {
    Observation observation = new Observation();
    observation.setId(path);
    observation.setStatus(ObservationStatus.FINAL).getCode().setText("note");
    return Hospital.json(observation.setValue(new StringType(value)));
  }

  private Answer put(String value, String header, String content) {
    HttpRequest.Builder request =
        hospital
            .server()
            .fhirRequest(path, hospital.admin())
            .PUT(BodyPublishers.ofString(observation(path, value)));
    return hospital.send(header == null ? request : request.header(header, content));
  }

  private static List<Answer> atOnce(List<Callable<Answer>> calls)
      throws InterruptedException, ExecutionException {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> answer : clients.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      clients.shutdown();
    }
  }

  private long versions() {
    return hospital.get(path + "/_history").bundle().getTotal();
  }

  @Test
  void allGetThroughWhenTheyAskForRetries() throws Exception {
    assertThat(put("first", null, null).status()).isEqualTo(201);

    List<Answer> answers =
        atOnce(
            IntStream.range(0, CLIENTS)
                .<Callable<Answer>>mapToObj(
                    i ->
                        () ->
                            put("by " + i, "X-Retry-On-Version-Conflict", "retry; max-retries=10"))
                .toList());

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(answers)
        .extracting(answer -> answer.headers().firstValue("ETag").orElse(""))
        .doesNotHaveDuplicates();
    assertThat(versions()).isEqualTo(CLIENTS + 1L);
  }

  @Test
  void withoutRetriesEachIsStoredOnceOrRefused() throws Exception {
    assertThat(put("first", null, null).status()).isEqualTo(201);

    List<Answer> answers =
        atOnce(
            IntStream.range(0, CLIENTS)
                .<Callable<Answer>>mapToObj(i -> () -> put("by " + i, null, null))
                .toList());

    assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
    long stored = answers.stream().filter(answer -> answer.status() == 200).count();
    assertThat(stored).isPositive();
    assertThat(versions()).isEqualTo(stored + 1);
  }

  @Test
  void ofThoseWhoKnowOneVersionOneGetsThrough() throws Exception {
    assertThat(put("first", null, null).status()).isEqualTo(201);

    List<Answer> answers =
        atOnce(
            IntStream.range(0, CLIENTS)
                .<Callable<Answer>>mapToObj(i -> () -> put("by " + i, "If-Match", "W/\"1\""))
                .toList());

    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409, 412);
    assertThat(versions()).isEqualTo(2);
  }

  @Test
  void updatesOfOneIdThatIsNewCreateItOnce() throws Exception {
    List<Answer> answers =
        atOnce(
            IntStream.range(0, CLIENTS)
                .<Callable<Answer>>mapToObj(i -> () -> put("by " + i, null, null))
                .toList());

    assertThat(answers).extracting(Answer::status).isSubsetOf(200, 201, 409);
    assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"W/\"1\"", "W/\"2\""})
  void aTransactionHeedsTheVersionOfAnEntry(String known) {
    assertThat(put("first", null, null).status()).isEqualTo(201);
    assertThat(put("second", null, null).status()).isEqualTo(200);
    Observation changed = new Observation();
    changed.setId(path);
    changed.setStatus(ObservationStatus.AMENDED).getCode().setText("note");
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    bundle
        .addEntry()
        .setResource(changed)
        .getRequest()
        .setMethod(HTTPVerb.PUT)
        .setUrl(path)
        .setIfMatch(known);

    Answer answer = hospital.post(bundle);

    boolean current = known.contains("2");
    assertThat(answer.status()).as(answer.body()).isEqualTo(current ? 200 : 409);
    assertThat(versions()).isEqualTo(current ? 3 : 2);
  }

  @Test
  void patchesByConditionAndAtOnceLoseNothing() throws Exception {
    String mark = UUID.randomUUID().toString();
    Observation first = new Observation();
    first.addIdentifier(Hospital.identifier(mark));
    first.setStatus(ObservationStatus.FINAL).getCode().setText("note");
    first.addNote().setText("first");
    Answer created = hospital.post("Observation", first);
    String place = "Observation/" + created.resource(Observation.class).getIdElement().getIdPart();

    List<Answer> answers =
        atOnce(
            IntStream.range(0, CLIENTS)
                .<Callable<Answer>>mapToObj(
                    i ->
                        () ->
                            hospital.send(
                                hospital
                                    .server()
                                    .fhirRequest(
                                        "Observation?identifier=" + Hospital.SYSTEM + "%7C" + mark,
                                        hospital.admin())
                                    .setHeader("Content-Type", "application/json-patch+json")
                                    .header("X-Retry-On-Version-Conflict", "retry; max-retries=10")
                                    .method(
                                        "PATCH",
                                        BodyPublishers.ofString(
                                            "[{\"op\":\"add\",\"path\":\"/note/-\",\"value\":"
                                                + "{\"text\":\"n"
                                                + i
                                                + "\"}}]"))))
                .toList());

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    assertThat(hospital.get(place).resource(Observation.class).getNote()).hasSize(CLIENTS + 1);
  }
}
