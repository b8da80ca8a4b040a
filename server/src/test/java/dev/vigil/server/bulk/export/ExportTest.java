package dev.vigil.server.bulk.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.server.VigilServer;
import dev.vigil.server.bulk.BulkClient;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.Group.GroupType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportTest {

  private final Hospital hospital = new Hospital();
  private final BulkClient ehr = new BulkClient("demo-ehr", "");

  private String post(Resource resource) {
    Answer answer = hospital.post(resource.fhirType(), resource);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return resource.fhirType()
        + "/"
        + answer.resource(resource.getClass()).getIdElement().getIdPart();
  }

  private String heartRate(Bedside bedside, String value) {
    return post(bedside.heartRate(value, Instant.now()));
  }

  @Test
  void givesBothStoresWithinSeconds() {
    Bedside bedside = hospital.admit();
    String reading = heartRate(bedside, "61");
    long begin = System.nanoTime();

    String status = BulkClient.status(ehr.begin("$export?_type=Patient,Device,Observation"));
    JsonNode manifest = ehr.manifest(status);

    assertThat((System.nanoTime() - begin) / 1e9).isLessThan(20);
    assertThat(ehr.references(manifest))
        .contains(bedside.patient(), bedside.device(), reading)
        .doesNotHaveDuplicates();
    assertThat(manifest.path("requiresAccessToken").asBoolean()).isTrue();
    assertThat(manifest.path("request").asText())
        .endsWith("/$export?_type=Patient,Device,Observation");
    assertThat(Instant.parse(manifest.path("transactionTime").asText()))
        .isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(manifest.path("error")).isEmpty();
  }

  @Test
  void givesAnObservationAsAReadDoes() {
    Bedside bedside = hospital.admit();
    String reading = heartRate(bedside, "62.50");

    JsonNode manifest =
        ehr.export(
            "$export?_type=Observation&_typeFilter=Observation?subject=" + bedside.patient());

    assertThat(ehr.lines(manifest, "output")).containsExactly(hospital.get(reading).body());
  }

  @Test
  void leavesOutWhatIsOlderAndTellsWhatWasDeleted() throws InterruptedException {
    Bedside bedside = hospital.admit();
    String old = heartRate(bedside, "63");
    String gone = heartRate(bedside, "64");
    String goneToo = post(new Patient());
    Thread.sleep(20);
    Instant since = Instant.now();
    Thread.sleep(20);
    String fresh = heartRate(bedside, "65");
    String person = post(new Patient());
    hospital.send("DELETE", gone, null);
    hospital.send("DELETE", goneToo, null);

    JsonNode manifest = ehr.export("$export?_type=Patient,Observation&_since=" + since);

    assertThat(ehr.references(manifest))
        .contains(fresh, person)
        .doesNotContain(old, gone, goneToo, bedside.patient());
    assertThat(String.join("\n", ehr.lines(manifest, "deleted")))
        .contains("\"method\":\"DELETE\",\"url\":\"" + gone + "\"")
        .contains("\"method\":\"DELETE\",\"url\":\"" + goneToo + "\"");
  }

  @Test
  void goesAroundTheMembersOfAGroup() {
    Bedside inside = hospital.admit();
    Bedside outside = hospital.admit();
    String reading = heartRate(inside, "66");
    heartRate(outside, "67");
    String group = group(inside);

    JsonNode manifest = ehr.export(group + "/$export");

    assertThat(ehr.references(manifest))
        .containsExactlyInAnyOrder(inside.patient(), inside.device(), reading, group);
  }

  private String group(Bedside... members) {
    Group group = new Group();
    group.setType(GroupType.PERSON).setActual(true);
    for (Bedside member : members) {
      group.addMember().setEntity(new Reference(member.patient()));
    }
    return post(group);
  }

  @Test
  void takesSomePatientsByPost() {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String reading = heartRate(one, "68");
    heartRate(other, "69");
    Parameters asked = new Parameters();
    asked.addParameter().setName("patient").setValue(new Reference(one.patient()));
    asked.addParameter("_type", "Observation,Patient");

    JsonNode manifest = ehr.manifest(BulkClient.status(ehr.begin("Patient/$export", asked)));

    assertThat(ehr.references(manifest)).containsExactlyInAnyOrder(one.patient(), reading);
    asked.addParameter().setName("patient").setValue(new Reference("Patient/nobody"));
    assertThat(ehr.begin("Patient/$export", asked).statusCode()).isEqualTo(404);
    assertThat(ehr.begin(group(other) + "/$export", asked).statusCode()).isEqualTo(404);
  }

  @Test
  void asksFiltersOfBothStores() {
    Bedside bedside = hospital.admit();
    String mark = UUID.randomUUID().toString();
    String patient = post(new Patient().addIdentifier(Hospital.identifier(mark)));
    String low = heartRate(bedside, "50");
    heartRate(bedside, "150");
    String spo2 = post(bedside.spo2("97", Instant.now()));
    String subject = "subject=" + bedside.patient();

    JsonNode manifest =
        ehr.export(
            "$export?_type=Patient,Observation"
                + "&_typeFilter=Patient?identifier="
                + mark
                + "&_typeFilter=Observation?"
                + subject
                + "%26value-quantity=lt60"
                + "&_typeFilter=Observation?"
                + subject
                + "%26code=59408-5");

    assertThat(ehr.references(manifest)).containsExactlyInAnyOrder(patient, low, spo2);
  }

  @Test
  void givesWhatWasThereAtItsTimeWhileOthersWrite() {
    Bedside bedside = hospital.admit();
    Observation first = bedside.heartRate("70", Instant.now());
    String reading = post(first);
    String status =
        BulkClient.status(
            ehr.begin(
                "$export?_type=Observation&_typeFilter=Observation?subject=" + bedside.patient()));
    // The export waits half a second for what is being written; this comes later than its time.
    Hospital.eventually(
        () -> ehr.send("GET", status).headers().firstValue("X-Progress").isPresent());
    pause(200);
    first.setId(reading);
    first.getValueQuantity().setValue(71);
    hospital.put(reading, first);
    heartRate(bedside, "72");

    List<Resource> found = ehr.resources(ehr.manifest(status));

    assertThat(found)
        .singleElement()
        .satisfies(
            one ->
                assertThat(((Observation) one).getValueQuantity().getValue().intValue())
                    .isEqualTo(70));
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void answersProgressAndEndsOnDelete() {
    String status = BulkClient.status(ehr.begin("$export?_type=Patient"));

    HttpResponse<String> running = ehr.send("GET", status);
    assertThat(running.statusCode()).isEqualTo(202);
    assertThat(running.headers().firstValue("X-Progress")).isPresent();
    assertThat(running.headers().firstValue("Retry-After")).isPresent();

    assertThat(ehr.send("DELETE", status).statusCode()).isEqualTo(202);
    assertThat(ehr.send("GET", status).statusCode()).isEqualTo(404);
  }

  @Test
  void removesFilesOnDelete() {
    String status = BulkClient.status(ehr.begin("$export?_type=Patient"));
    hospital.patient();
    String file = ehr.manifest(status).path("output").path(0).path("url").asText();
    assertThat(ehr.send("GET", file).statusCode()).isEqualTo(200);

    ehr.send("DELETE", status);

    assertThat(ehr.send("GET", file).statusCode()).isEqualTo(404);
  }

  @Test
  void packsAFileForThoseWhoAskForIt() {
    String patient = hospital.patient();
    String file = ehr.export("$export?_type=Patient").path("output").path(0).path("url").asText();
    VigilServer server = hospital.server();

    HttpResponse<String> plain = ehr.send("GET", file);
    byte[] packed;
    try {
      packed =
          server
              .http()
              .send(
                  java.net.http.HttpRequest.newBuilder(java.net.URI.create(file))
                      .header("Authorization", "Bearer " + server.token("demo-ehr", ""))
                      .header("Accept-Encoding", "gzip")
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
      String unpacked =
          new String(
              new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(packed))
                  .readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8);
      assertThat(unpacked).isEqualTo(plain.body()).contains(patient.substring(8));
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void givesAnotherTenantAndAnotherClientNothing() {
    Bedside bedside = hospital.admit();
    heartRate(bedside, "73");
    String status = BulkClient.status(ehr.begin("$export?_type=Patient,Observation"));
    String file = ehr.manifest(status).path("output").path(0).path("url").asText();

    for (BulkClient stranger :
        List.of(
            new BulkClient(VigilServer.OTHER_TENANT_CLIENT, ""),
            new BulkClient("demo-admin", ""))) {
      assertThat(stranger.send("GET", status).statusCode()).isEqualTo(404);
      assertThat(stranger.send("DELETE", status).statusCode()).isEqualTo(404);
      assertThat(stranger.send("GET", file).statusCode()).isEqualTo(404);
    }
    BulkClient other = new BulkClient(VigilServer.OTHER_TENANT_CLIENT, "");
    assertThat(other.references(other.export("$export"))).doesNotContain(bedside.patient());
    assertThat(ehr.send("GET", file).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "system/Patient.rs, $export?_type=Patient, 202",
    "system/Patient.rs, $export?_type=Patient%2CObservation, 403",
    "system/Patient.r, $export?_type=Patient, 403",
    "system/Patient.s, $export?_type=Patient, 403",
    "system/Patient.rs, Patient/$export, 202",
    "system/Observation.rs, Patient/$export, 403",
    "system/Observation.rs, $export?_type=Observation&_typeFilter=Observation?subject.name=x, 403",
    "system/Observation.rs, $export?_type=Observation&_typeFilter=Observation?status=final, 202",
    "system/Observation.rs system/Patient.rs, Group/x/$export, 403"
  })
  void needsTheScopesOfEachType(String scope, String path, int status) {
    BulkClient narrow = new BulkClient("demo-ehr", scope);
    HttpResponse<String> answer = narrow.begin(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (status == 202) {
      narrow.send("DELETE", BulkClient.status(answer));
    }
  }

  @Test
  void exportsOnlyTheTypesThatTheScopesAllow() {
    Bedside bedside = hospital.admit();
    heartRate(bedside, "74");
    BulkClient narrow = new BulkClient("demo-ehr", "system/Device.rs system/DeviceMetric.rs");

    JsonNode manifest = narrow.export("$export");

    assertThat(narrow.references(manifest))
        .contains(bedside.device())
        .allMatch(one -> one.startsWith("Device"));
    String file = ehr.export("$export?_type=Patient").path("output").path(0).path("url").asText();
    assertThat(narrow.send("GET", file).statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "$export?_type=Nothing, 422",
    "$export?_since=yesterday, 422",
    "$export?_outputFormat=text/csv, 422",
    "$export?_outputFormat=application/fhir%2Bndjson&_type=Patient, 202",
    "$export?_elements=id, 422",
    "$export?patient=Patient/x, 422",
    "Patient/$export?patient=Patient/x, 422",
    "Patient/$export?_type=Organization, 422",
    "$export?_type=Patient&_typeFilter=Observation?code=x, 422",
    "$export?_type=Patient&_typeFilter=Patient?nothing=x, 422",
    "$export?_type=Patient&_typeFilter=Patient?_include=x, 422",
    "Group/nobody/$export, 404"
  })
  void refusesWhatItDoesNotDo(String path, int status) {
    HttpResponse<String> answer = ehr.begin(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (status != 202) {
      assertThat(answer.body()).contains("OperationOutcome").doesNotContain("nothing=x");
    } else {
      ehr.send("DELETE", BulkClient.status(answer));
    }
  }

  @Test
  void needsToBeAskedForAnAnswerLater() {
    VigilServer server = hospital.server();
    assertThat(server.fhirGet("$export", server.token("demo-ehr", "")).statusCode()).isEqualTo(422);
    assertThat(server.fhirGet("$export", null).statusCode()).isEqualTo(401);
  }
}
