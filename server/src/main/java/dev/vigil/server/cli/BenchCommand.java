package dev.vigil.server.cli;

import dev.vigil.server.auth.DemoCredentials;
import dev.vigil.simulator.load.AlertLatency;
import dev.vigil.simulator.load.IngestRate;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vigil bench}: measures the running demo from outside, over its public wires. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a benchmark against the running demo and prints a table.",
      "  alert-latency  POST of the completing sample to DetectedIssue readable over FHIR",
      "  ingest-rate    Observations a second in transaction bundles of 100",
      "Two others start servers of their own and are run by ./vigil alone:",
      "  store          the store beside stock HAPI JPA; see ./vigil bench store --help",
      "  memory         the server's peak memory while readings stream in"
    })
final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "alert-latency or ingest-rate")
  private String name;

  @Option(
      names = "--url",
      defaultValue = "http://localhost:${VIGIL_PORT:-8080}",
      description = "where the server is (default: ${DEFAULT-VALUE})")
  private URI url;

  @Option(names = "--count", defaultValue = "30", description = "patients of alert-latency")
  private int count;

  @Option(names = "--clients", defaultValue = "4", description = "connections of ingest-rate")
  private int clients;

  @Option(names = "--seconds", defaultValue = "20", description = "length of ingest-rate")
  private int seconds;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    FhirClient gateway = client("demo-gateway", ClientCredentials.GATEWAY_SCOPE);
    String table =
        switch (name) {
          case "alert-latency" ->
              new AlertLatency(
                      gateway,
                      client("demo-ehr", ClientCredentials.READER_SCOPE),
                      Duration.ofSeconds(30))
                  .run(count, line -> spec.commandLine().getErr().println(line))
                  .table();
          case "ingest-rate" ->
              new IngestRate(gateway).run(clients, Duration.ofSeconds(seconds)).table();
          default -> throw new ParameterException(spec.commandLine(), "no benchmark of that name");
        };
    out.println(table);
    return 0;
  }

  private FhirClient client(String id, String scope) {
    String secret = DemoCredentials.load(DataFolder.path()).secret(id);
    return new FhirClient(
        url.resolve("/fhir"),
        new ClientCredentials(url.resolve("/oauth2/token"), id, secret, scope));
  }
}
