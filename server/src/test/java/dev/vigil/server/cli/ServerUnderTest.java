package dev.vigil.server.cli;

import dev.vigil.server.auth.DemoCredentials;
import dev.vigil.server.story.Hospital;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * {@code vigil demo --no-ward} in a process of its own, to be killed, stopped and started again.
 */
final class ServerUnderTest {

  private static final Pattern LAG = Pattern.compile("(?m)^vigil_reader_lag\\{.*} ([0-9.E]+)$");

  private final Path data;
  private final int port = freePort();
  private final int management = freePort();
  private final int mllp = freePort();
  private final Path output;
  private Process process;

  ServerUnderTest(Path data) {
    this.data = data;
    this.output = data.resolveSibling("server.log");
  }

  /** Starts and waits until {@code metadata} answers. */
  void start() throws IOException {
    process =
        vigil("demo", "--no-ward")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    HttpClient http = HttpClient.newHttpClient();
    Hospital.eventually(
        Duration.ofSeconds(150),
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("the server ended: " + output());
          }
          try {
            return http.send(
                        HttpRequest.newBuilder(fhir().resolve("fhir/metadata"))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                        BodyHandlers.discarding())
                    .statusCode()
                == 200;
          } catch (IOException e) {
            return false;
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        });
    // metadata answers before the guide is loaded; this line comes after everything has started.
    Hospital.eventually(Duration.ofSeconds(60), () -> output().contains("Vigil is up"));
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  /** SIGTERM; whether it ended within the time. */
  boolean stop(Duration within) throws InterruptedException {
    process.destroy();
    return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean running() {
    return process != null && process.isAlive();
  }

  /** Runs a command beside the server; its exit code, and what it printed to the output file. */
  int command(Path printed, String... arguments) throws IOException, InterruptedException {
    Process command =
        vigil(arguments).redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    if (!command.waitFor(5, TimeUnit.MINUTES)) {
      command.destroyForcibly();
      throw new IllegalStateException("the command did not end");
    }
    return command.exitValue();
  }

  /** Events that the reader of the log that is furthest behind has not taken yet. */
  long lag() {
    try {
      String metrics =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://localhost:" + management + "/actuator/prometheus"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      return LAG.matcher(metrics)
          .results()
          .mapToLong(lag -> (long) Double.parseDouble(lag.group(1)))
          .max()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Processes of the PostgreSQL on the data folder: the postmaster, not its children. */
  List<ProcessHandle> postmasters() {
    String files = data.resolve("postgres").toAbsolutePath().toString();
    return ProcessHandle.allProcesses()
        .filter(
            handle ->
                handle
                    .info()
                    .commandLine()
                    .filter(
                        line ->
                            line.contains("postgres")
                                && line.contains("-D")
                                && line.contains(files))
                    .isPresent())
        .toList();
  }

  /** The base of the server, with a slash at the end. */
  URI fhir() {
    return URI.create("http://localhost:" + port + "/");
  }

  /** A client of the demo that gives up after two seconds. */
  FhirClient client(String id, String scope) {
    return new FhirClient(
        fhir().resolve("fhir"),
        new ClientCredentials(
            fhir().resolve("oauth2/token"), id, DemoCredentials.load(data).secret(id), scope),
        new Patience(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2)));
  }

  String output() {
    try {
      return Files.exists(output) ? Files.readString(output) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder vigil(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(VigilCommand.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("VIGIL_DATA", data.toString());
    builder.environment().put("VIGIL_PORT", Integer.toString(port));
    builder.environment().put("VIGIL_MANAGEMENT_PORT", Integer.toString(management));
    builder.environment().put("VIGIL_MLLP_PORT", Integer.toString(mllp));
    return builder;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
