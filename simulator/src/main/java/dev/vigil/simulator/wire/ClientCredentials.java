package dev.vigil.simulator.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;

/**
 * A client's access token by OAuth 2 client credentials (RFC 6749 section 4.4, HTTP Basic), fetched
 * when first needed and anew before it ends. Safe for use by many threads.
 */
public final class ClientCredentials {

  /** What a device gateway asks for. */
  public static final String GATEWAY_SCOPE =
      "system/Observation.crus system/Device.cruds system/DeviceMetric.cruds system/Patient.crs";

  /** What a reader of everything asks for. */
  public static final String READER_SCOPE = "system/*.rs";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final URI tokenUrl;
  private final String basic;
  private final String form;
  private String token;
  private Instant renewAt = Instant.MIN;

  /**
   * @param tokenUrl for example {@code http://localhost:8080/oauth2/token}
   * @param scope space-separated
   */
  public ClientCredentials(URI tokenUrl, String client, String secret, String scope) {
    this.tokenUrl = Objects.requireNonNull(tokenUrl, "tokenUrl");
    this.basic =
        Base64.getEncoder()
            .encodeToString(
                (encoded(client) + ":" + encoded(secret)).getBytes(StandardCharsets.UTF_8));
    this.form = "grant_type=client_credentials&scope=" + encoded(scope);
  }

  /**
   * The current token.
   *
   * @throws RefusedException if the server knows no such client or scope
   * @throws UnreachableException if the token endpoint gave no answer within the patience
   */
  synchronized String token(Exchange exchange) {
    if (token == null || !Instant.now().isBefore(renewAt)) {
      fetch(exchange);
    }
    return token;
  }

  /** Drops a token that the server no longer takes; a newer one is kept. */
  synchronized void forget(String refused) {
    if (refused.equals(token)) {
      token = null;
    }
  }

  private void fetch(Exchange exchange) {
    HttpResponse<String> response =
        exchange.send(
            () ->
                HttpRequest.newBuilder(tokenUrl)
                    .header("Authorization", "Basic " + basic)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Accept", "application/json")
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build(),
            true);
    JsonNode body = body(response);
    if (response.statusCode() != 200 || !body.path("access_token").isTextual()) {
      throw new RefusedException(
          response.statusCode(), "token endpoint: " + body.path("error").asText("no token"));
    }
    token = body.path("access_token").asText();
    Duration lifetime = Duration.ofSeconds(body.path("expires_in").asLong(60));
    Duration margin =
        lifetime.compareTo(MARGIN.multipliedBy(2)) > 0 ? MARGIN : lifetime.dividedBy(2);
    renewAt = Instant.now().plus(lifetime).minus(margin);
  }

  private static JsonNode body(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(Objects.requireNonNull(text), StandardCharsets.UTF_8);
  }
}
