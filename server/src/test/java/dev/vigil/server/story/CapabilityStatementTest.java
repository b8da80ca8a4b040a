package dev.vigil.server.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the CapabilityStatement says, the server does. */
class CapabilityStatementTest {

  private final Hospital hospital = new Hospital();

  @ParameterizedTest
  @ValueSource(strings = {"Patient", "Device", "DeviceMetric", "Observation", "Encounter"})
  void everyInteractionOfATypeAnswers(String type) {
    String id = UUID.randomUUID().toString();
    String body = "{\"resourceType\":\"" + type + "\",\"id\":\"" + id + "\"}";
    if (type.equals("Observation")) {
      body = body.replace("}", ",\"status\":\"final\",\"code\":{\"text\":\"x\"}}");
    }
    String at = type + "/" + id;
    assertThat(hospital.send("PUT", at, body).status()).isEqualTo(201);
    List<String> failed = new ArrayList<>();
    for (TypeRestfulInteraction interaction : interactions(type)) {
      Answer answer =
          switch (interaction) {
            case READ -> hospital.get(at);
            case VREAD -> hospital.get(at + "/_history/1");
            case HISTORYINSTANCE -> hospital.get(at + "/_history");
            case HISTORYTYPE -> hospital.get(type + "/_history?_count=1");
            case SEARCHTYPE -> hospital.get(type + "?_id=" + id);
            case CREATE -> hospital.send("POST", type, body);
            case UPDATE -> hospital.send("PUT", at, body);
            case PATCH ->
                hospital.send(
                    hospital
                        .server()
                        .fhirRequest(at, hospital.admin())
                        .setHeader("Content-Type", "application/json-patch+json")
                        .method(
                            "PATCH",
                            BodyPublishers.ofString(
                                "[{\"op\":\"add\",\"path\":\"/language\",\"value\":\"en\"}]")));
            case DELETE -> null;
            default -> throw new IllegalStateException("not sampled: " + interaction);
          };
      if (answer != null && answer.status() >= 300) {
        failed.add(interaction + " " + answer.status() + " " + answer.body());
      }
    }
    if (interactions(type).contains(TypeRestfulInteraction.DELETE)
        && hospital.send("DELETE", at, null).status() != 200) {
      failed.add("delete");
    }
    assertThat(failed).isEmpty();
    assertThat(interactions(type))
        .contains(
            TypeRestfulInteraction.READ,
            TypeRestfulInteraction.CREATE,
            TypeRestfulInteraction.SEARCHTYPE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"StructureDefinition", "Questionnaire", "ValueSet"})
  void whatAllTenantsShareIsReadOnly(String type) {
    assertThat(interactions(type))
        .contains(TypeRestfulInteraction.READ, TypeRestfulInteraction.SEARCHTYPE)
        .doesNotContain(
            TypeRestfulInteraction.CREATE,
            TypeRestfulInteraction.UPDATE,
            TypeRestfulInteraction.PATCH,
            TypeRestfulInteraction.DELETE);
    String body = "{\"resourceType\":\"" + type + "\",\"id\":\"none\"}";
    assertThat(hospital.send("POST", type, body).status()).isBetween(400, 499);
    assertThat(hospital.send("PUT", type + "/none", body).status()).isBetween(400, 499);
    assertThat(hospital.get(type + "?_count=1").status()).isEqualTo(200);
  }

  @Test
  void theGuidesProfilesCannotBeDeleted() {
    String profile = "StructureDefinition/numeric-reading";
    assertThat(hospital.send("DELETE", profile, null).status()).isEqualTo(403);
    assertThat(hospital.get(profile).status()).isEqualTo(200);
  }

  @Test
  void alertsHaveTheirStepsAndTheirSearchParameter() {
    CapabilityStatementRestResourceComponent alert = resource("DetectedIssue");

    assertThat(alert.getOperation())
        .extracting(o -> o.getName())
        .contains("acknowledge", "resolve");
    assertThat(alert.getSearchParam()).extracting(p -> p.getName()).contains("alert-state");
  }

  @Test
  void noOperationIsNamedThatEverybodyIsRefused() {
    Set<String> refused = new TreeSet<>();
    String none = "{\"resourceType\":\"Parameters\"}";
    rest()
        .getOperation()
        .forEach(
            operation -> {
              if (hospital.send("POST", "$" + operation.getName(), none).status() == 403) {
                refused.add("$" + operation.getName());
              }
            });
    for (CapabilityStatementRestResourceComponent type : rest().getResource()) {
      type.getOperation()
          .forEach(
              operation -> {
                String path = type.getType() + "/x/$" + operation.getName();
                String byType = type.getType() + "/$" + operation.getName();
                if (hospital.send("POST", path, none).status() == 403
                    && hospital.send("POST", byType, none).status() == 403) {
                  refused.add(type.getType() + "/$" + operation.getName());
                }
              });
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void theOpenApiPageAnswersWithAToken() {
    Answer answer = hospital.get("api-docs");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("openapi");
    assertThat(hospital.get("swagger-ui/").status()).isEqualTo(200);
    assertThat(hospital.send(hospital.server().fhirRequest("api-docs", null).GET()).status())
        .isEqualTo(401);
  }

  private List<TypeRestfulInteraction> interactions(String type) {
    return resource(type).getInteraction().stream().map(i -> i.getCode()).toList();
  }

  private CapabilityStatementRestResourceComponent resource(String type) {
    return rest().getResource().stream()
        .filter(resource -> resource.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private CapabilityStatementRestComponent rest() {
    return hospital
        .send(hospital.server().fhirRequest("metadata", null).GET())
        .resource(CapabilityStatement.class)
        .getRestFirstRep();
  }
}
