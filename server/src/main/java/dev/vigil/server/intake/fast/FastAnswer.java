package dev.vigil.server.intake.fast;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.intake.fast.FastMessage.Item;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.Split;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/** Answers as HAPI would. */
final class FastAnswer {

  private static final String TYPE = "application/fhir+json;charset=UTF-8";
  private static final String POWERED_BY =
      "HAPI FHIR %s REST Server (FHIR Server; FHIR 4.0.1/R4)"
          .formatted(ca.uhn.fhir.util.VersionUtil.getVersion());
  private static final String CODES =
      "https://hapifhir.io/fhir/CodeSystem/hapi-fhir-storage-response-code";
  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
  private static final String WITH_META = "{\"resourceType\":\"Observation\",\"meta\":{";
  private static final String WITHOUT_META = "{\"resourceType\":\"Observation\",";

  private FastAnswer() {}

  /** Whether a stored Observation can be shown by {@link #single}. */
  static boolean shows(String template) {
    return template.startsWith(WITH_META + "\"source\":")
        || template.startsWith(WITHOUT_META) && !template.startsWith(WITH_META);
  }

  static void transaction(
      HttpServletRequest request, HttpServletResponse response, FastMessage message, String base)
      throws IOException {
    String id = UUID.randomUUID().toString();
    StringBuilder json = new StringBuilder(200 + 700 * message.items().size());
    json.append("{\"resourceType\":\"Bundle\",\"id\":\"")
        .append(id)
        .append("\",\"type\":\"transaction-response\",\"link\":[{\"relation\":\"self\",\"url\":\"");
    JsonStringEncoder.getInstance().quoteAsString(base, json);
    json.append("/\"}],\"entry\":[");
    String modified = INSTANT.format(message.now());
    for (int i = 0; i < message.items().size(); i++) {
      json.append(i == 0 ? "" : ",");
      entry(json, message.items().get(i), modified);
    }
    json.append("]}");
    String location = base + "/Bundle/" + id;
    head(response, message.requestId(), 200);
    response.setHeader("Content-Location", location);
    response.setHeader("Location", location);
    send(request, response, json.toString());
  }

  private static void entry(StringBuilder json, Item item, String modified) {
    String location = "Observation/" + item.key().id() + "/_history/1";
    json.append("{\"response\":{\"status\":\"201 Created\",\"location\":\"")
        .append(location)
        .append("\",\"etag\":\"1\",\"lastModified\":\"")
        .append(modified)
        .append("\",\"outcome\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":")
        .append(
            "\"information\",\"code\":\"informational\",\"details\":{\"coding\":[{\"system\":\"")
        .append(CODES);
    if (item.condition() == null) {
      json.append("\",\"code\":\"SUCCESSFUL_CREATE\",\"display\":\"Create succeeded.\"}]},")
          .append("\"diagnostics\":\"Successfully created resource \\\"")
          .append(location)
          .append("\\\". Took 0ms.\"}]}}}");
    } else {
      json.append("\",\"code\":\"SUCCESSFUL_CREATE_NO_CONDITIONAL_MATCH\",\"display\":\"")
          .append("Conditional create succeeded: no existing resource matched the conditional URL.")
          .append("\"}]},\"diagnostics\":\"Successfully conditionally created resource \\\"")
          .append(location)
          .append("\\\". No existing resources matched URL \\\"");
      JsonStringEncoder.getInstance().quoteAsString(item.condition(), json);
      json.append("\\\". Took 0ms.\"}]}}}");
    }
  }

  /**
   * Of one Observation.
   *
   * @param shown whether it is told, or only where it is
   */
  static void single(
      HttpServletRequest request,
      HttpServletResponse response,
      FastMessage message,
      String base,
      boolean shown)
      throws IOException {
    Item item = message.items().get(0);
    String location = base + "/Observation/" + item.key().id() + "/_history/1";
    response.setHeader("ETag", "W/\"1\"");
    response.setHeader("Last-Modified", HTTP_DATE.format(message.now()));
    response.setHeader("Content-Location", location);
    response.setHeader("Location", location);
    head(response, message.requestId(), 201);
    if (shown) {
      send(request, response, resource(message.now(), item));
    }
  }

  private static String resource(Instant modified, Item item) {
    String stored =
        Split.join(item.shape().template(), item.leaves().stream().map(Leaf::raw).toList());
    StringBuilder json = new StringBuilder(stored.length() + 150);
    json.append("{\"resourceType\":\"Observation\",\"id\":\"")
        .append(item.key().id())
        .append("\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"")
        .append(INSTANT.format(modified));
    if (stored.startsWith(WITH_META)) {
      json.append("\",").append(stored, WITH_META.length(), stored.length());
    } else {
      json.append("\"},").append(stored, WITHOUT_META.length(), stored.length());
    }
    return json.toString();
  }

  /** Refuses what there is no room for. */
  static void busy(
      HttpServletRequest request,
      HttpServletResponse response,
      ProblemException problem,
      String outcome,
      String requestId)
      throws IOException {
    head(
        response,
        requestId,
        problem.problems().get(0).kind() == Problem.Kind.THROTTLED ? 429 : 503);
    response.setHeader("Retry-After", "1");
    send(request, response, outcome);
  }

  /** Says that the server failed, as any other bug is said. */
  static void failed(
      HttpServletRequest request, HttpServletResponse response, String incident, String requestId)
      throws IOException {
    head(response, requestId, 500);
    send(
        request,
        response,
        """
        {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception",\
        "diagnostics":"the server failed; incident %s"}]}"""
            .formatted(incident));
  }

  private static void head(HttpServletResponse response, String requestId, int status) {
    response.setStatus(status);
    response.setHeader("X-Powered-By", POWERED_BY);
    response.setHeader("X-Request-ID", requestId);
  }

  private static void send(HttpServletRequest request, HttpServletResponse response, String json)
      throws IOException {
    response.setContentType(TYPE);
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String encodings = request.getHeader("Accept-Encoding");
    if (encodings != null && encodings.toLowerCase(Locale.ROOT).contains("gzip")) {
      response.setHeader("Content-Encoding", "gzip");
      try (OutputStream out = new GZIPOutputStream(response.getOutputStream())) {
        out.write(body);
      }
    } else {
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }
}
