package dev.vigil.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Resource;

/** A client of the shared server that asks for bulk work and comes back for it. */
public final class BulkClient {

  private final VigilServer server = VigilServer.get();
  private final String token;

  /**
   * @param client of the demo or the other tenant
   * @param scope empty for all that is registered
   */
  public BulkClient(String client, String scope) {
    this.token = server.token(client, scope);
  }

  /** Kicks off by GET. */
  public HttpResponse<String> begin(String path) {
    return server.send(server.fhirRequest(path, token).header("Prefer", "respond-async").GET());
  }

  /** Kicks off by POST. */
  public HttpResponse<String> begin(String path, Parameters body) {
    return server.send(
        server
            .fhirRequest(path, token)
            .header("Prefer", "respond-async")
            .POST(BodyPublishers.ofString(Hospital.json(body))));
  }

  /** Where to ask for what was begun. */
  public static String status(HttpResponse<String> accepted) {
    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    return accepted.headers().firstValue("Content-Location").orElseThrow();
  }

  /** Any request to an absolute address of the endpoint. */
  public HttpResponse<String> send(String method, String address) {
    return server.send(
        server
            .fhirRequest(address.substring(server.fhir().length() + 1), token)
            .method(method, BodyPublishers.noBody()));
  }

  /** Waits for the end; fails after a minute, or when the work failed. */
  public JsonNode manifest(String status) {
    List<HttpResponse<String>> last = new ArrayList<>();
    Hospital.eventually(
        Duration.ofMinutes(1),
        () -> {
          last.clear();
          last.add(send("GET", status));
          return last.get(0).statusCode() != 202;
        });
    assertThat(last.get(0).statusCode()).as(last.get(0).body()).isEqualTo(200);
    return json(last.get(0).body());
  }

  /** Exports and waits. */
  public JsonNode export(String path) {
    return manifest(status(begin(path)));
  }

  /** The lines of all files under a heading of a manifest. */
  public List<String> lines(JsonNode manifest, String heading) {
    List<String> lines = new ArrayList<>();
    for (JsonNode file : manifest.path(heading)) {
      HttpResponse<String> answer = send("GET", file.path("url").asText());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      List<String> inside = answer.body().lines().toList();
      assertThat(inside).hasSize(file.path("count").asInt());
      lines.addAll(inside);
    }
    return lines;
  }

  /** The resources of all output files. */
  public List<Resource> resources(JsonNode manifest) {
    return lines(manifest, "output").stream()
        .map(line -> (Resource) FhirContext.forR4Cached().newJsonParser().parseResource(line))
        .toList();
  }

  /** {@code Type/id} of each resource of the output. */
  public List<String> references(JsonNode manifest) {
    return resources(manifest).stream()
        .map(resource -> resource.fhirType() + "/" + resource.getIdElement().getIdPart())
        .toList();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
