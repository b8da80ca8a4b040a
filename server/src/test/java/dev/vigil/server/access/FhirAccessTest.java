package dev.vigil.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.server.VigilServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decision table, on the wire. */
class FhirAccessTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String OBSERVATION =
      """
      {"resourceType":"Observation","status":"final","code":{"text":"a note, no reading"},"valueString":"x"}""";

  private final VigilServer server = VigilServer.get();

  @Test
  void aGatewayCreatesAnObservationAndReadsItBack() throws Exception {
    String token = server.token("demo-gateway", "system/Observation.crs");
    HttpResponse<String> created = server.fhirPost("Observation", OBSERVATION, token);

    assertThat(created.statusCode()).isEqualTo(201);
    String id = id(created);
    assertThat(server.fhirGet("Observation/" + id, token).statusCode()).isEqualTo(200);
    assertThat(total(server.fhirGet("Observation?_id=" + id, token))).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "system/Observation.c, Patient",
    "system/Observation.c, Observation",
    "system/Observation.c, Observation/1",
    "system/Observation.r, Observation?code=x",
    "system/Observation.s, Observation/1",
    "system/Observation.rs, Observation?patient.name=x",
    "system/Observation.rs, Observation?_has:DetectedIssue:implicated:code=x",
    "system/Observation.rs, _history",
    "system/Observation.rs, Patient/1/$everything",
    "system/Observation.rs, StructureDefinition",
    "system/Observation.r, Observation/$lastn?code=x"
  })
  void aMissingScopeIsForbiddenAndNeverAnEmptyPage(String scope, String path) throws Exception {
    HttpResponse<String> answer = server.fhirGet(path, server.token("demo-admin", scope));

    assertForbidden(answer);
  }

  @Test
  void aReaderWritesNothing() throws Exception {
    String token = server.token("demo-ehr", "");

    assertForbidden(server.fhirPost("Observation", OBSERVATION, token));
    assertForbidden(
        server.fhirPut("Patient/p1", "{\"resourceType\":\"Patient\",\"id\":\"p1\"}", token));
    assertForbidden(server.send(server.fhirRequest("Observation/1", token).DELETE()));
    assertForbidden(
        server.fhirPost("PlanDefinition", "{\"resourceType\":\"PlanDefinition\"}", token));
    assertForbidden(
        server.fhirPost(
            "Patient/1/$meta-add",
            """
            {"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:x","code":"x"}]}}]}""",
            token));
  }

  @ParameterizedTest
  @CsvSource({
    "$expunge",
    "$reindex",
    "$partition-management-create-partition",
    "$partition-management-list-partitions"
  })
  void operationsThatAreNotInTheTableAreDeniedToEverybody(String operation) {
    HttpResponse<String> answer =
        server.fhirPost(
            operation, "{\"resourceType\":\"Parameters\"}", server.token("demo-admin", ""));

    assertThat(answer.statusCode()).isIn(400, 403, 404);
  }

  @Test
  void anyScopeOnATypeMayValidateIt() {
    assertThat(
            server
                .fhirPost(
                    "Observation/$validate",
                    OBSERVATION,
                    server.token("demo-gateway", "system/Observation.c"))
                .statusCode())
        .isNotIn(401, 403);
  }

  @Test
  void aConditionNeedsSearch() throws Exception {
    String token = server.token("demo-admin", "system/Observation.c");
    HttpResponse<String> answer =
        server.send(
            server
                .fhirRequest("Observation", token)
                .header("If-None-Exist", "identifier=urn:x|1")
                .POST(BodyPublishers.ofString(OBSERVATION)));

    assertForbidden(answer);
  }

  @Test
  void anIncludedResourceNeedsItsOwnScope() throws Exception {
    String admin = server.token("demo-admin", "");
    String patient = id(server.fhirPost("Patient", "{\"resourceType\":\"Patient\"}", admin));
    String observation =
        id(
            server.fhirPost(
                "Observation",
                OBSERVATION.replace(
                    "\"status\"",
                    "\"subject\":{\"reference\":\"Patient/" + patient + "\"},\"status\""),
                admin));
    String path = "Observation?_id=" + observation + "&_include=Observation:subject";

    assertForbidden(server.fhirGet(path, server.token("demo-ehr", "system/Observation.rs")));
    assertThat(server.fhirGet(path, server.token("demo-ehr", "")).body()).contains(patient);
  }

  @Test
  void anotherTenantSeesNothing() throws Exception {
    String admin = server.token("demo-admin", "");
    String other = server.token(VigilServer.OTHER_TENANT_CLIENT, "");
    String mark = UUID.randomUUID().toString();
    String patient =
        id(
            server.fhirPost(
                "Patient",
                "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\""
                    + mark
                    + "\"}]}",
                admin));

    assertThat(total(server.fhirGet("Patient?identifier=urn:x%7C" + mark, admin))).isEqualTo(1);
    assertThat(total(server.fhirGet("Patient?identifier=urn:x%7C" + mark, other))).isZero();
    assertThat(server.fhirGet("Patient/" + patient, other).statusCode()).isIn(403, 404);
    assertThat(server.fhirGet("Patient/" + patient + "/_history", other).statusCode())
        .isIn(403, 404);
    // 200: there is nothing to delete in its own tenant.
    server.send(server.fhirRequest("Patient/" + patient, other).DELETE());
    assertThat(server.fhirGet("Patient/" + patient, admin).statusCode()).isEqualTo(200);
  }

  @Test
  void aPageOfAnotherTenantsSearchIsClosed() throws Exception {
    String admin = server.token("demo-admin", "");
    for (int i = 0; i < 3; i++) {
      server.fhirPost("Patient", "{\"resourceType\":\"Patient\"}", admin);
    }
    JsonNode first = JSON.readTree(server.fhirGet("Patient?_count=1", admin).body());
    String next = "";
    for (JsonNode link : first.get("link")) {
      if (link.get("relation").asText().equals("next")) {
        next = link.get("url").asText();
      }
    }
    String page = next.substring(next.indexOf('?'));

    assertThat(server.fhirGet(page, admin).statusCode()).isEqualTo(200);
    HttpResponse<String> stolen =
        server.fhirGet(page, server.token(VigilServer.OTHER_TENANT_CLIENT, ""));
    assertThat(stolen.statusCode()).isIn(403, 404, 410);
    assertForbidden(server.fhirGet(page, server.token("demo-ehr", "system/Device.rs")));
  }

  @Test
  void aForbiddenEntryRefusesTheWholeTransaction() throws Exception {
    String mark = UUID.randomUUID().toString();
    String body = bundle("transaction", mark);

    assertForbidden(server.fhirPost("", body, server.token("demo-gateway", "")));
    assertThat(stored(mark)).isZero();
    assertThat(server.fhirPost("", body, server.token("demo-admin", "")).statusCode())
        .isEqualTo(200);
    assertThat(stored(mark)).isEqualTo(1);
  }

  @Test
  void aForbiddenEntryOfABatchIsRefusedAlone() throws Exception {
    String mark = UUID.randomUUID().toString();
    HttpResponse<String> answer =
        server.fhirPost("", bundle("batch", mark), server.token("demo-gateway", ""));

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode entries = JSON.readTree(answer.body()).get("entry");
    assertThat(entries.get(0).at("/response/status").asText()).startsWith("201");
    assertThat(entries.get(1).at("/response/status").asText()).startsWith("403");
    assertThat(entries.get(1).at("/response/outcome/issue/0/code").asText()).isEqualTo("forbidden");
    assertThat(entries.get(2).at("/response/status").asText()).startsWith("403");
    assertThat(stored(mark)).isEqualTo(1);
  }

  @Test
  void aBatchThatIsTriedAsATransactionIsJudgedToo() throws Exception {
    String mark = UUID.randomUUID().toString();
    HttpResponse<String> answer =
        server.send(
            server
                .fhirRequest("", server.token("demo-gateway", ""))
                .header("X-Transaction-Semantics", "retryCount=1; tryBatchAsTransactionFirst=true")
                .POST(BodyPublishers.ofString(bundle("batch", mark))));

    assertForbidden(answer);
    assertThat(stored(mark)).isZero();
  }

  /** Allowed for a gateway: the Observation. Forbidden: the Condition and the search. */
  private static String bundle(String type, String mark) {
    return """
        {"resourceType":"Bundle","type":"%s","entry":[
          {"resource":{"resourceType":"Observation","status":"final","identifier":[{"system":"urn:x","value":"%s"}],
            "code":{"text":"a note, no reading"},"valueString":"x"},"request":{"method":"POST","url":"Observation"}},
          {"resource":{"resourceType":"Condition","subject":{"display":"x"}},"request":{"method":"POST","url":"Condition"}},
          {"request":{"method":"GET","url":"Condition?code=x"}}]}"""
        .formatted(type, mark);
  }

  private int stored(String mark) throws Exception {
    return total(
        server.fhirGet("Observation?identifier=urn:x%7C" + mark, server.token("demo-admin", "")));
  }

  private static int total(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode entries = JSON.readTree(answer.body()).get("entry");
    return entries == null ? 0 : entries.size();
  }

  private static String id(HttpResponse<String> created) throws Exception {
    assertThat(created.statusCode()).isEqualTo(201);
    return JSON.readTree(created.body()).get("id").asText();
  }

  private static void assertForbidden(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(403);
    JsonNode outcome = JSON.readTree(answer.body());
    assertThat(outcome.get("resourceType").asText()).isEqualTo("OperationOutcome");
    assertThat(outcome.at("/issue/0/code").asText()).isEqualTo("forbidden");
  }
}
