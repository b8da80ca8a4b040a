package dev.vigil.bench.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A FHIR server's REST API for a load: bytes in, bytes out, one connection a thread, nothing tried
 * twice. Costs little, since it runs on the cores that are measured. Safe for many threads.
 */
public final class FhirDoor {

  static {
    // A connection for each sender, and no silent second POST after a broken one.
    System.setProperty("http.maxConnections", "64");
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ANSWER_WITHIN_MS = 300_000;

  private final String base;
  private final Supplier<String> token;

  /** What the server said. */
  public record Answer(int status, byte[] body) {

    /** Whether the status is 2xx. */
    public boolean good() {
      return status / 100 == 2;
    }

    /** The body as JSON. */
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * @param base for example {@code http://localhost:8080/fhir}
   * @param token asked for each request; null for a server that wants none
   */
  public FhirDoor(URI base, Supplier<String> token) {
    this.base = Objects.requireNonNull(base, "base").toString();
    this.token = token;
  }

  /** Posts the first bytes of a buffer to the base or below it. */
  public Answer post(String path, byte[] body, int length) {
    try {
      HttpURLConnection connection = open(path);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/fhir+json");
      connection.setRequestProperty("Prefer", "return=minimal");
      connection.setFixedLengthStreamingMode(length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body, 0, length);
      }
      return answer(connection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gets what is below the base; asks for a fresh answer. */
  public Answer get(String path) {
    try {
      HttpURLConnection connection = open(path);
      connection.setRequestProperty("Cache-Control", "no-cache");
      return answer(connection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends a transaction and reads its answer.
   *
   * @throws IllegalStateException if the server refuses it
   */
  public JsonNode transaction(JsonNode bundle) {
    byte[] body = bundle.toString().getBytes(StandardCharsets.UTF_8);
    Answer answer = post("", body, body.length);
    if (!answer.good()) {
      throw new IllegalStateException("refused with " + answer.status() + ": " + outcome(answer));
    }
    return answer.json();
  }

  private static String outcome(Answer answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    return text.substring(0, Math.min(500, text.length()));
  }

  private HttpURLConnection open(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(base + path).toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(ANSWER_WITHIN_MS);
    connection.setRequestProperty("Accept", "application/fhir+json");
    if (token != null) {
      connection.setRequestProperty("Authorization", "Bearer " + token.get());
    }
    return connection;
  }

  private static Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new Answer(status, in == null ? new byte[0] : in.readAllBytes());
    }
  }
}
