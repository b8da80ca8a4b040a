package dev.vigil.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The far side of the wire in miniature: tokens, transactions with conditional create and update,
 * and the few searches that the simulator makes. Answers can be scripted ahead.
 */
public final class FakeFhirServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer http;
  private final Map<String, JsonNode> resources = new LinkedHashMap<>();
  private final Map<String, String> byKey = new LinkedHashMap<>();
  private final Deque<Integer> scripted = new ArrayDeque<>();
  private final List<ObjectNode> transactions = new ArrayList<>();
  private int tokens;
  private String validToken;
  private int tokenLifetime = 300;
  private int dropAnswers;
  private boolean raiseAlerts;
  private boolean refuseReadings;

  public FakeFhirServer() {
    this(0);
  }

  public FakeFhirServer(int port) {
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.setExecutor(
        Executors.newFixedThreadPool(
            4,
            task -> {
              Thread thread = new Thread(task, "fake-fhir");
              thread.setDaemon(true);
              return thread;
            }));
    http.createContext("/oauth2/token", this::token);
    http.createContext("/fhir", this::fhir);
    http.start();
  }

  public int port() {
    return http.getAddress().getPort();
  }

  public URI base() {
    return URI.create("http://localhost:" + port() + "/fhir");
  }

  public ClientCredentials credentials() {
    return new ClientCredentials(
        base().resolve("/oauth2/token"), "demo-gateway", "s3cret", ClientCredentials.GATEWAY_SCOPE);
  }

  /** A client that gives up after two seconds. */
  public FhirClient client() {
    return new FhirClient(
        base(),
        credentials(),
        new Patience(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(2)));
  }

  /** The next FHIR answers have these statuses and store nothing. */
  public synchronized void answer(int... statuses) {
    for (int status : statuses) {
      scripted.add(status);
    }
  }

  /** Each transaction with an Observation is refused. */
  public synchronized void refuseReadings() {
    refuseReadings = true;
  }

  /** The next transactions are stored, but the connection breaks before the answer. */
  public synchronized void dropAnswers(int count) {
    dropAnswers = count;
  }

  public synchronized void tokenLifetime(int seconds) {
    tokenLifetime = seconds;
  }

  public synchronized void raiseAlerts() {
    raiseAlerts = true;
  }

  public synchronized void revokeTokens() {
    validToken = "none";
  }

  public synchronized int tokens() {
    return tokens;
  }

  public synchronized List<ObjectNode> transactions() {
    return List.copyOf(transactions);
  }

  public synchronized List<JsonNode> resources(String type) {
    return resources.entrySet().stream()
        .filter(resource -> resource.getKey().startsWith(type + "/"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Forgets one stored resource, as a server that loses data would. */
  public synchronized void lose(String type) {
    String key =
        resources.keySet().stream()
            .filter(id -> id.startsWith(type + "/"))
            .findFirst()
            .orElseThrow();
    resources.remove(key);
  }

  /** Stores one of its resources a second time. */
  public synchronized void doubleOne(String type) {
    String key =
        resources.keySet().stream()
            .filter(id -> id.startsWith(type + "/"))
            .findFirst()
            .orElseThrow();
    resources.put(type + "/twin", resources.get(key));
  }

  @Override
  public void close() {
    http.stop(0);
  }

  private synchronized void token(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    validToken = "token-" + ++tokens;
    ObjectNode body = JSON.createObjectNode();
    body.put("access_token", validToken).put("token_type", "Bearer");
    body.put("expires_in", tokenLifetime);
    send(exchange, 200, body);
  }

  private synchronized void fhir(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (!("Bearer " + validToken).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 401, JSON.createObjectNode());
    } else if (!scripted.isEmpty() || refused(body)) {
      int status = scripted.isEmpty() ? 422 : scripted.remove();
      exchange.getResponseHeaders().set("Retry-After", "0");
      ObjectNode outcome = JSON.createObjectNode().put("resourceType", "OperationOutcome");
      ObjectNode issue = outcome.putArray("issue").addObject();
      issue.put("severity", "error").put("code", "invalid").put("diagnostics", "Smith is 42");
      issue.putArray("expression").add("Observation.value");
      send(exchange, status, outcome);
    } else if (exchange.getRequestURI().getPath().endsWith("/$ingest")) {
      ingest(exchange, new String(body, StandardCharsets.UTF_8));
    } else if (exchange.getRequestMethod().equals("POST")) {
      ObjectNode answer = transaction((ObjectNode) JSON.readTree(body));
      if (dropAnswers > 0) {
        dropAnswers--;
        exchange.close();
      } else {
        send(exchange, 200, answer);
      }
    } else {
      send(exchange, 200, search(exchange.getRequestURI()));
    }
  }

  private void ingest(HttpExchange exchange, String lines) throws IOException {
    int created = 0;
    for (String line : lines.lines().toList()) {
      resources.put("Observation/" + (resources.size() + 1), JSON.readTree(line));
      created++;
    }
    send(exchange, 200, JSON.createObjectNode().put("complete", true).put("created", created));
  }

  private boolean refused(byte[] body) {
    return refuseReadings
        && new String(body, StandardCharsets.UTF_8).contains("\"resourceType\":\"Observation\"");
  }

  private ObjectNode transaction(ObjectNode bundle) {
    transactions.add(bundle);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("resourceType", "Bundle").put("type", "transaction-response");
    ArrayNode entries = answer.putArray("entry");
    for (JsonNode entry : bundle.path("entry")) {
      JsonNode request = entry.path("request");
      String type = entry.path("resource").path("resourceType").asText();
      String condition =
          request.path("method").asText().equals("PUT")
              ? request.path("url").asText().replaceFirst("^.*\\?", "")
              : request.path("ifNoneExist").asText();
      String key = type + "?" + condition;
      String id = condition.isEmpty() ? null : byKey.get(key);
      boolean created = id == null;
      if (created) {
        id = type + "/" + (resources.size() + 1);
        byKey.put(key, id);
        resources.put(id, entry.path("resource"));
      }
      entries
          .addObject()
          .putObject("response")
          .put("status", created ? "201 Created" : "200 OK")
          .put("location", id + "/_history/1");
    }
    return answer;
  }

  private ObjectNode search(URI uri) {
    String type = uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    ObjectNode page =
        JSON.createObjectNode().put("resourceType", "Bundle").put("type", "searchset");
    ArrayNode entries = page.putArray("entry");
    String query = uri.getRawQuery();
    if (type.equals("DetectedIssue")) {
      if (raiseAlerts) {
        entries.addObject().putObject("resource").put("resourceType", "DetectedIssue");
      }
      return page;
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      String[] parts = pair.split("=", 2);
      String value = URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
      String name = parts[0].equals("date") ? "date " + value.substring(0, 2) : parts[0];
      parameters.put(name, parts[0].equals("date") ? value.substring(2) : value);
    }
    for (JsonNode resource : resources(type)) {
      if (matches(resource, parameters)) {
        entries.addObject().set("resource", resource);
      }
    }
    return page;
  }

  private static boolean matches(JsonNode resource, Map<String, String> parameters) {
    if (parameters.containsKey("identifier")) {
      String identifier = resource.path("identifier").path(0).path("value").asText();
      return Arrays.asList(parameters.get("identifier").split(",")).stream()
          .anyMatch(token -> token.endsWith("|" + identifier));
    }
    Instant effective = Instant.parse(resource.path("effectiveDateTime").asText());
    return resource.path("subject").path("reference").asText().equals(parameters.get("subject"))
        && !effective.isBefore(Instant.parse(parameters.get("date ge")))
        && effective.isBefore(
            Instant.parse(parameters.getOrDefault("date lt", "9999-01-01T00:00:00Z")));
  }

  private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/fhir+json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
