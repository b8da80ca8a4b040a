package dev.vigil.simulator.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A FHIR R4 client as small as a gateway's: transactions and searches with a bearer token. Waits
 * and tries again while the server is away or busy; takes a new token once when the old one is
 * refused. Safe for use by many threads.
 */
public final class FhirClient {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(120);

  private final URI base;
  private final ClientCredentials credentials;
  private final HttpClient http;
  private final Patience patience;

  /**
   * A client with {@link Patience#STANDARD}.
   *
   * @param base for example {@code http://localhost:8080/fhir}
   */
  public FhirClient(URI base, ClientCredentials credentials) {
    this(base, credentials, Patience.STANDARD);
  }

  /** A client with a patience of its own. */
  public FhirClient(URI base, ClientCredentials credentials, Patience patience) {
    this(
        base,
        credentials,
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build(),
        patience);
  }

  private FhirClient(URI base, ClientCredentials credentials, HttpClient http, Patience patience) {
    this.base = URI.create(Objects.requireNonNull(base, "base").toString().replaceFirst("/+$", ""));
    this.credentials = Objects.requireNonNull(credentials, "credentials");
    this.http = http;
    this.patience = Objects.requireNonNull(patience, "patience");
  }

  /** The same client for another address, for example after a restart on another port. */
  public FhirClient at(URI otherBase) {
    return new FhirClient(otherBase, credentials, http, patience);
  }

  /**
   * Sends a transaction. Every entry has to be one that a repeat does not double (conditional
   * create or update), for a broken connection is followed by another attempt.
   *
   * @throws RefusedException if the server refuses it
   * @throws UnreachableException if there was no answer: not confirmed
   */
  public TransactionResult transaction(ObjectNode bundle) {
    return post(bundle, true);
  }

  /**
   * Sends a transaction once it is known to be taken or not: never again after a connection that
   * broke, so that plain creates are not doubled.
   *
   * @throws RefusedException if the server refuses it
   * @throws UnreachableException if there was no answer: not confirmed
   */
  public TransactionResult transactionOnce(ObjectNode bundle) {
    return post(bundle, false);
  }

  /**
   * Searches; asks the server for a fresh answer, not a cached one.
   *
   * @param namesAndValues alternating; a name may come again; values unescaped
   * @return the searchset's first page
   */
  public JsonNode search(String type, String... namesAndValues) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      text.append(text.isEmpty() ? "" : "&").append(namesAndValues[i]).append('=');
      text.append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
    }
    URI uri = URI.create(base + "/" + type + "?" + text);
    return exchange(
        () ->
            HttpRequest.newBuilder(uri)
                .header("Cache-Control", "no-cache")
                .timeout(ANSWER_WITHIN)
                .GET(),
        true);
  }

  /**
   * Sends Observations as lines to {@code Observation/$ingest}; what comes while the server is busy
   * is begun anew. Never again after a connection that broke.
   *
   * @param lines a stream for each attempt
   * @throws RefusedException if the server refuses all of it
   * @throws UnreachableException if the answer did not come to its end: not confirmed
   */
  public IngestResult ingest(Supplier<InputStream> lines) {
    String answer =
        text(
            () ->
                HttpRequest.newBuilder(URI.create(base + "/Observation/$ingest"))
                    .header("Content-Type", "application/fhir+ndjson")
                    .header("Prefer", "return=minimal")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(lines)),
            false);
    JsonNode sum = parsed(answer.substring(answer.stripTrailing().lastIndexOf('\n') + 1));
    if (!sum.has("complete")) {
      throw new UnreachableException("the answer was cut");
    }
    return new IngestResult(
        sum.path("complete").asBoolean(),
        sum.path("created").asLong(),
        sum.path("known").asLong(),
        sum.path("refused").asLong());
  }

  private TransactionResult post(ObjectNode bundle, boolean repeatable) {
    String body;
    try {
      body = JSON.writeValueAsString(bundle);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a JSON tree", e);
    }
    return TransactionResult.of(
        exchange(
            () ->
                HttpRequest.newBuilder(base)
                    .header("Content-Type", "application/fhir+json")
                    .header("Prefer", "return=minimal")
                    .timeout(ANSWER_WITHIN)
                    .POST(HttpRequest.BodyPublishers.ofString(body)),
            repeatable));
  }

  private JsonNode exchange(Supplier<HttpRequest.Builder> request, boolean repeatable) {
    return parsed(text(request, repeatable));
  }

  private String text(Supplier<HttpRequest.Builder> request, boolean repeatable) {
    Exchange exchange = new Exchange(http, patience);
    String token = credentials.token(exchange);
    HttpResponse<String> response = send(exchange, request, token, repeatable);
    if (response.statusCode() == 401) {
      credentials.forget(token);
      response = send(exchange, request, credentials.token(exchange), repeatable);
    }
    if (response.statusCode() / 100 != 2) {
      throw new RefusedException(response.statusCode(), issues(parsed(response.body())));
    }
    return response.body();
  }

  private static HttpResponse<String> send(
      Exchange exchange, Supplier<HttpRequest.Builder> request, String token, boolean repeatable) {
    return exchange.send(
        () ->
            request
                .get()
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/fhir+json")
                .build(),
        repeatable);
  }

  private static JsonNode parsed(String body) {
    try {
      JsonNode node = JSON.readTree(body);
      return node == null ? JSON.createObjectNode() : node;
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  /** Codes and expressions of an OperationOutcome; they name elements, never values. */
  private static String issues(JsonNode outcome) {
    StringBuilder text = new StringBuilder();
    for (JsonNode issue : outcome.path("issue")) {
      text.append(text.isEmpty() ? "" : "; ").append(issue.path("code").asText("unknown"));
      issue
          .path("expression")
          .forEach(expression -> text.append(" at ").append(expression.asText()));
    }
    return text.toString();
  }
}
