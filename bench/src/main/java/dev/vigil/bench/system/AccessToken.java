package dev.vigil.bench.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A client's token by client credentials, fetched anew at half its life. */
final class AccessToken implements Supplier<String> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private final String basic;
  private final String scope;
  private String token;
  private long renewAt;

  AccessToken(URI endpoint, String client, String secret, String scope) {
    this.endpoint = endpoint;
    this.basic =
        Base64.getEncoder()
            .encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    this.scope = scope;
  }

  @Override
  public synchronized String get() {
    if (token == null || System.nanoTime() - renewAt > 0) {
      fetch();
    }
    return token;
  }

  private void fetch() {
    try {
      HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection();
      connection.setDoOutput(true);
      connection.setRequestProperty("Authorization", "Basic " + basic);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(
            ("grant_type=client_credentials&scope="
                    + URLEncoder.encode(scope, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.US_ASCII));
      }
      JsonNode answer = JSON.readTree(connection.getInputStream());
      token = answer.path("access_token").asText();
      renewAt =
          System.nanoTime() + TimeUnit.SECONDS.toNanos(answer.path("expires_in").asLong() / 2);
    } catch (IOException e) {
      throw new UncheckedIOException("no token from the server", e);
    }
  }
}
