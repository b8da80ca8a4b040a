package dev.vigil.bench.system;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real server, {@code vigil demo --no-ward}: its checks, its ten rules and its embedded
 * PostgreSQL as they come.
 */
public final class VigilServer implements Measured {

  private static final String GATEWAY_SCOPES =
      "system/Observation.crus system/Device.cruds system/DeviceMetric.cruds system/Patient.crs";
  private static final Pattern LAG =
      Pattern.compile("vigil_reader_lag\\{.*reader=\"([^\"]+)\".*} ([0-9.E]+)");

  private final ChildProcess process;
  private final FhirDoor door;
  private final StoreDatabase database;
  private final URI metrics;
  private final HttpClient http = HttpClient.newHttpClient();

  private VigilServer(ChildProcess process, FhirDoor door, StoreDatabase database, URI metrics) {
    this.process = process;
    this.door = door;
    this.database = database;
    this.metrics = metrics;
  }

  /**
   * Starts it, with the options of {@code VIGIL_JAVA_OPTS} as {@code ./vigil} would.
   *
   * @param jar of the server
   * @param folder for its data and its output
   * @param heap as Java's {@code -Xmx} takes it
   */
  public static VigilServer start(Path jar, Path folder, String heap) {
    Path data = folder.resolve("vigil");
    int port = ChildProcess.freePort();
    int management = ChildProcess.freePort();
    Map<String, String> environment = new HashMap<>();
    environment.put("VIGIL_DATA", data.toString());
    environment.put("VIGIL_PORT", Integer.toString(port));
    environment.put("VIGIL_MANAGEMENT_PORT", Integer.toString(management));
    environment.put("VIGIL_MLLP_PORT", Integer.toString(ChildProcess.freePort()));
    environment.put("VIGIL_DB_URL", "");
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xmx" + heap);
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    String options = System.getenv().getOrDefault("VIGIL_JAVA_OPTS", "").strip();
    if (!options.isEmpty()) {
      arguments.addAll(List.of(options.split("\\s+")));
    }
    arguments.addAll(List.of("-jar", jar.toString(), "demo", "--no-ward"));
    ChildProcess process =
        ChildProcess.start(arguments, environment, folder.resolve("vigil.log"), "Vigil is up");
    URI base = URI.create("http://localhost:" + port);
    AccessToken token =
        new AccessToken(
            base.resolve("/oauth2/token"), "demo-gateway", secret(data), GATEWAY_SCOPES);
    return new VigilServer(
        process,
        new FhirDoor(base.resolve("/fhir"), token),
        database(data),
        URI.create("http://localhost:" + management + "/actuator/prometheus"));
  }

  private static String secret(Path data) {
    Properties properties = new Properties();
    try (Reader reader =
        Files.newBufferedReader(
            data.resolve("demo-credentials.properties"), StandardCharsets.UTF_8)) {
      properties.load(reader);
      return properties.getProperty("client.demo-gateway");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static StoreDatabase database(Path data) {
    try {
      // The fourth line of PostgreSQL's own pid file is its port.
      String port = Files.readAllLines(data.resolve("postgres/postmaster.pid")).get(3).strip();
      return new StoreDatabase(
          "jdbc:postgresql://127.0.0.1:" + port + "/vigil",
          Files.readString(data.resolve("postgres.password")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public FhirDoor door() {
    return door;
  }

  @Override
  public StoreDatabase database() {
    return database;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public Lag lag() {
    try {
      String text =
          http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
      Map<String, Long> lag = new HashMap<>();
      Matcher matcher = LAG.matcher(text);
      while (matcher.find()) {
        lag.put(matcher.group(1), (long) Double.parseDouble(matcher.group(2)));
      }
      if (lag.isEmpty()) {
        throw new IllegalStateException("the server has no metric vigil_reader_lag");
      }
      return new Lag(lag);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
