package dev.vigil.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vigil.server.auth.DemoCredentials;
import dev.vigil.server.auth.OneTimeCodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * The whole server, started once per JVM on random ports and an empty data folder, with the demo's
 * identities and one client of a second tenant. Stops with the JVM.
 *
 * <pre>{@code
 * VigilServer server = VigilServer.get();
 * HttpResponse<String> answer =
 *     server.fhirPost("Observation", body, server.token("demo-gateway", "system/Observation.c"));
 * }</pre>
 */
public final class VigilServer {

  /** Client of the tenant {@code other}, registered with {@code system/*.cruds}. */
  public static final String OTHER_TENANT_CLIENT = "other-admin";

  /** The second tenant. */
  public static final String OTHER_TENANT = "other";

  /** Largest request body that the tests' server takes. */
  public static final int MAX_BODY = 8 * 1024 * 1024;

  /** Most entries that the tests' server takes in a Bundle. */
  public static final int MAX_ENTRIES = 2_000;

  private static final String OTHER_SECRET = "a-secret-of-the-test-only";
  private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

  private static final Duration KEPT = Duration.ofMinutes(2);

  private static VigilServer instance;
  private static RuntimeException failure;

  private final Path data;
  private final ConfigurableApplicationContext context;
  private final DemoCredentials credentials;
  private final Map<String, Long> codeSteps = new HashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(10))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Map<String, KeptToken> tokens = new ConcurrentHashMap<>();

  private record KeptToken(String value, Instant until) {}

  private VigilServer() {
    try {
      data = Files.createTempDirectory("vigil-server-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SpringApplication application = new SpringApplication(VigilApplication.class);
    application.setRegisterShutdownHook(false);
    context =
        application.run(
            "--server.port=0",
            "--management.server.port=0",
            "--vigil.db.data=" + data,
            "--vigil.mllp.port=0",
            "--vigil.mllp.tenant=demo",
            "--vigil.delivery.private-addresses=true",
            "--vigil.fhir.max-body=8MB",
            "--vigil.intake.queue=1000",
            "--vigil.fhir.max-entries=" + MAX_ENTRIES,
            "--vigil.demo.enabled=true",
            "--vigil.auth.clients[0].id=" + OTHER_TENANT_CLIENT,
            "--vigil.auth.clients[0].secret-hash="
                + new BCryptPasswordEncoder(4).encode(OTHER_SECRET),
            "--vigil.auth.clients[0].tenant=" + OTHER_TENANT,
            "--vigil.auth.clients[0].scopes=system/*.cruds");
    credentials = DemoCredentials.load(data);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "vigil-server-test-stop"));
  }

  /**
   * The running server; the first call starts it, which takes about half a minute.
   *
   * @throws IllegalStateException if it did not start; it is tried once only
   */
  public static synchronized VigilServer get() {
    if (failure != null) {
      throw new IllegalStateException("the server did not start", failure);
    }
    if (instance == null) {
      try {
        instance = new VigilServer();
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
    }
    return instance;
  }

  /** For a look at beans: prefer the wire. */
  public ConfigurableApplicationContext context() {
    return context;
  }

  /** A bean of the running server. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** The data folder. */
  public Path data() {
    return data;
  }

  /**
   * A code that the login takes from a user. Waits for the next one when all that it would take now
   * were handed out: each works once.
   */
  public synchronized String freshCode(String user) {
    long present = Instant.now().getEpochSecond() / 30;
    long step = Math.max(present - 1, codeSteps.getOrDefault(user, 0L) + 1);
    codeSteps.put(user, step);
    while (step > Instant.now().getEpochSecond() / 30 + 1) {
      pause();
    }
    return new OneTimeCodes(credentials.secondFactors())
        .code(user, Instant.ofEpochSecond(step * 30));
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Secrets of the demo's clients and passwords of its users. */
  public DemoCredentials credentials() {
    return credentials;
  }

  /** Base of everything but the actuator, without a slash at the end. */
  public String url() {
    return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  /** Base of the FHIR endpoint, without a slash at the end. */
  public String fhir() {
    return url() + "/fhir";
  }

  /** Base of the actuator, without a slash at the end. */
  public String actuator() {
    return "http://localhost:"
        + context.getEnvironment().getProperty("local.management.port")
        + "/actuator";
  }

  /** Follows no redirects and keeps no cookies. */
  public HttpClient http() {
    return http;
  }

  /**
   * An access token of a demo client or of {@link #OTHER_TENANT_CLIENT}; kept and reused for a
   * while, since tokens live five minutes and a run of all tests takes longer.
   *
   * @param scope what to ask for, separated by spaces; empty for all that is registered
   */
  public String token(String client, String scope) {
    return tokens
        .compute(
            client + " " + scope,
            (key, kept) ->
                kept != null && Instant.now().isBefore(kept.until())
                    ? kept
                    : new KeptToken(freshToken(client, scope), Instant.now().plus(KEPT)))
        .value();
  }

  private String freshToken(String client, String scope) {
    HttpResponse<String> answer = requestToken(client, secret(client), scope);
    Matcher matcher = ACCESS_TOKEN.matcher(answer.body());
    if (answer.statusCode() != 200 || !matcher.find()) {
      throw new IllegalStateException("no token: " + answer.statusCode() + " " + answer.body());
    }
    return matcher.group(1);
  }

  /** The secret of a demo client or of {@link #OTHER_TENANT_CLIENT}. */
  public String secret(String client) {
    return client.equals(OTHER_TENANT_CLIENT) ? OTHER_SECRET : credentials.secret(client);
  }

  /** The token endpoint's answer to a client credentials request, whatever it is. */
  public HttpResponse<String> requestToken(String client, String secret, String scope) {
    String basic = Base64.getEncoder().encodeToString((client + ":" + secret).getBytes(UTF_8));
    String form =
        "grant_type=client_credentials"
            + (scope.isEmpty() ? "" : "&scope=" + URLEncoder.encode(scope, UTF_8));
    return send(
        HttpRequest.newBuilder(URI.create(url() + "/oauth2/token"))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  /**
   * Reads from the FHIR endpoint.
   *
   * @param path below the endpoint, for example {@code Patient?name=x}
   * @param token null for none
   */
  public HttpResponse<String> fhirGet(String path, String token) {
    return send(fhirRequest(path, token).GET());
  }

  /** Posts FHIR JSON to the FHIR endpoint; an empty path is the endpoint itself. */
  public HttpResponse<String> fhirPost(String path, String body, String token) {
    return send(fhirRequest(path, token).POST(BodyPublishers.ofString(body)));
  }

  /** Puts FHIR JSON to the FHIR endpoint. */
  public HttpResponse<String> fhirPut(String path, String body, String token) {
    return send(fhirRequest(path, token).PUT(BodyPublishers.ofString(body)));
  }

  /** A request to the FHIR endpoint with its headers set, method still open. */
  public HttpRequest.Builder fhirRequest(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(fhir() + (path.isEmpty() ? "" : "/" + path)))
            .header("Content-Type", "application/fhir+json")
            .header("Accept", "application/fhir+json");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  /** Sends within 60 seconds. */
  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void stop() {
    context.close();
    try (Stream<Path> files = Files.walk(data)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary folder was not removed", e);
    }
  }
}
