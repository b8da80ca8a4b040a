package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.Test;

/** Observations by GraphQL: of one, of the whole server, and through the references both ways. */
class ObservationGraphQlTest {

  private static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS);

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();
  private final String patient = bed.patient().replace("Patient/", "");

  private String post(Observation observation) {
    Answer answer = hospital.post("Observation", observation);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.resource(Observation.class).getIdElement().getIdPart();
  }

  private static String path(String of, String query) {
    return of + "$graphql?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  private JsonNode ask(String of, String query) {
    Answer answer = hospital.get(path(of, query));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return read(answer);
  }

  private static JsonNode read(Answer answer) {
    try {
      return JSON.readTree(answer.body()).at("/data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void ofOneTellsItsElementsAndWhatItRefersTo() {
    String id = post(bed.numeric("http://loinc.org", "15074-8", "6.30", "mmol/L", HOUR));

    JsonNode told =
        ask(
            "Observation/" + id + "/",
            "{status,valueQuantity{value,code},subject{resource(type:Patient){id}}}");

    assertThat(told.at("/status").asText()).isEqualTo("final");
    assertThat(told.at("/valueQuantity/value").decimalValue().toPlainString()).isEqualTo("6.30");
    assertThat(told.at("/subject/resource/id").asText()).contains(patient);
    assertThat(hospital.get(path("Observation/nobody/", "{id}")).status()).isEqualTo(404);
  }

  @Test
  void ofTheServerFindsByParameters() {
    String rate = post(bed.heartRate("72", HOUR));
    post(bed.spo2("97", HOUR));

    JsonNode told =
        ask("", "{ObservationList(patient:\"" + bed.patient() + "\",code:\"8867-4\"){id,status}}");

    assertThat(told.at("/ObservationList")).hasSize(1);
    assertThat(told.at("/ObservationList/0/id").asText()).contains(rate);
    assertThat(ask("", "{Observation(id:\"" + rate + "\"){status}}").at("/Observation/status"))
        .hasToString("\"final\"");
    assertThat(hospital.get(path("", "{ObservationList(nonsense:\"x\"){id}}")).status())
        .isEqualTo(400);
  }

  @Test
  void ofAPatientFindsThoseThatReferToIt() {
    post(bed.heartRate("72", HOUR));
    post(bed.heartRate("73", HOUR.plusSeconds(1)));

    JsonNode told =
        ask(bed.patient() + "/", "{id,ObservationList(_reference:patient){valueQuantity{value}}}");

    List<String> values = new ArrayList<>();
    told.at("/ObservationList").forEach(one -> values.add(one.at("/valueQuantity/value").asText()));
    assertThat(values).containsExactlyInAnyOrder("72", "73");
  }

  @Test
  void aListIsWholeOrRefused() {
    Bundle bundle = new Bundle().setType(Bundle.BundleType.TRANSACTION);
    for (int i = 0; i < 500; i++) {
      Bundle.BundleEntryComponent entry = bundle.addEntry();
      entry.setResource(bed.heartRate("72", HOUR.minusSeconds(i)));
      entry.getRequest().setMethod(Bundle.HTTPVerb.POST).setUrl("Observation");
    }
    assertThat(hospital.post(bundle).status()).isEqualTo(200);
    String list = "{ObservationList(patient:\"" + bed.patient() + "\"%s){id}}";

    Answer cut = hospital.get(path("", list.formatted("")));

    assertThat(cut.status()).isEqualTo(400);
    assertThat(cut.body()).contains("ObservationConnection").contains("OperationOutcome");
    assertThat(ask("", list.formatted(",_count:3")).at("/ObservationList")).hasSize(3);
    assertThat(ask("", list.formatted(",_count:\"500\"")).at("/ObservationList")).hasSize(500);
    assertThat(hospital.get(path("", list.formatted(",_count:\"x\""))).status()).isEqualTo(400);
  }

  @Test
  void pagesByConnection() {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      expected.add(post(bed.heartRate(String.valueOf(70 + i), HOUR.plusSeconds(i))));
    }
    String shape = "{count,next,edges{resource{id}}}}";

    JsonNode page =
        ask("", "{ObservationConnection(patient:\"" + bed.patient() + "\",_count:\"2\")" + shape);
    Set<String> seen = new HashSet<>();
    for (int pages = 1; ; pages++) {
      assertThat(pages).isLessThan(5);
      page.at("/ObservationConnection/edges")
          .forEach(
              edge ->
                  seen.add(
                      edge.at("/resource/id")
                          .asText()
                          .replaceAll("/_history/.*", "")
                          .replaceAll(".*/", "")));
      JsonNode next = page.at("/ObservationConnection/next");
      if (next.isMissingNode() || next.asText().isEmpty()) {
        break;
      }
      page = ask("", "{ObservationConnection(cursor:\"" + next.asText() + "\")" + shape);
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void isPostedAsWell() {
    String id = post(bed.heartRate("72", HOUR));

    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest("Observation/" + id + "/$graphql", hospital.admin())
                .setHeader("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"query\":\"{status}\"}")));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(read(answer).at("/status").asText()).isEqualTo("final");
  }

  @Test
  void aQueryThatCannotBeReadIsTheClientsFault() {
    assertThat(hospital.get(path("", "{Observation(")).status()).isEqualTo(400);
    assertThat(hospital.get("$graphql").status()).isEqualTo(400);
    assertThat(hospital.send("POST", "$graphql", "{\"resourceType\":\"Parameters\"}").status())
        .isEqualTo(400);
  }

  @Test
  void isForClientsThatMayReadEverything() {
    String id = post(bed.heartRate("72", HOUR));
    VigilServer server = hospital.server();
    String one = path("Observation/" + id + "/", "{status}");
    String list = path("", "{ObservationList(patient:\"" + bed.patient() + "\"){id}}");
    String other = server.token(VigilServer.OTHER_TENANT_CLIENT, "");

    for (String refused :
        List.of(
            server.token("demo-gateway", ""),
            server.token("demo-ehr", "system/Observation.rs"),
            server.token("demo-ehr", "system/Observation.rs system/Patient.rs"))) {
      assertThat(server.fhirGet(one, refused).statusCode()).isEqualTo(403);
      assertThat(server.fhirGet(list, refused).statusCode()).isEqualTo(403);
    }
    assertThat(server.fhirGet(one, null).statusCode()).isEqualTo(401);
    assertThat(server.fhirGet(one, server.token("demo-ehr", "")).statusCode()).isEqualTo(200);
    assertThat(server.fhirGet(one, other).statusCode()).isEqualTo(404);
    assertThat(server.fhirGet(list, other).body()).doesNotContain(id);
  }
}
