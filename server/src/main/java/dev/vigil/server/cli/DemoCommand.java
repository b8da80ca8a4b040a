package dev.vigil.server.cli;

import dev.vigil.server.auth.DemoCredentials;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.ward.WardRun;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vigil demo}: the server, its demo identities, and a ward whose devices post over HTTP. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Runs the server with a synthetic ward of 20 patients. Ctrl-C stops it.")
final class DemoCommand implements Callable<Integer> {

  private static final String GATEWAY = "demo-gateway";

  @Spec private CommandSpec spec;

  @Option(names = "--no-ward", description = "demo identities, but no simulated devices")
  private boolean noWard;

  @Override
  public Integer call() {
    Instant begin = Instant.now();
    ConfigurableApplicationContext context =
        ServerProcess.start(
            Map.of(
                "vigil.demo.enabled", "true",
                "vigil.delivery.private-addresses", "true",
                "vigil.mllp.tenant", "demo"));
    int port = ServerProcess.port(context);
    DemoCredentials credentials = DemoCredentials.load(DataFolder.path());
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "Vigil is up after %.1f s%n%n", Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    out.printf("  dashboard   http://localhost:%d/%n", port);
    out.printf("  FHIR        http://localhost:%d/fhir%n", port);
    out.printf(
        "  HL7 v2      localhost:%s (MLLP)%n",
        context.getEnvironment().getRequiredProperty("vigil.mllp.port"));
    out.printf(
        "  health      http://localhost:%d/actuator/health%n%n",
        ServerProcess.managementPort(context));
    out.printf("  %-11s %-10s %-18s %s%n", "login", "name", "password", "authenticator secret");
    credentials.users().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            user ->
                out.printf(
                    "  %-11s %-10s %-18s %s%n",
                    "",
                    user.getKey(),
                    user.getValue(),
                    credentials.secondFactors().get(user.getKey())));
    out.printf("%n  ./vigil code --user nurse           prints the code of nurse's app%n");
    out.println("  ./vigil token --client demo-admin   prints a token for curl");
    out.println("  All patients are synthetic. Ctrl-C stops the server and keeps the data.");
    out.flush();
    if (!noWard) {
      startWard(context, port, credentials, out);
    }
    return ServerProcess.RUNNING;
  }

  private static void startWard(
      ConfigurableApplicationContext context,
      int port,
      DemoCredentials credentials,
      PrintWriter out) {
    URI server = URI.create("http://localhost:" + port);
    FhirClient gateway =
        new FhirClient(
            server.resolve("/fhir"),
            new ClientCredentials(
                server.resolve("/oauth2/token"),
                GATEWAY,
                credentials.secret(GATEWAY),
                ClientCredentials.GATEWAY_SCOPE));
    WardRun ward =
        WardRun.start(
            gateway,
            Ward.demo(),
            Clock.systemUTC(),
            line -> {
              out.println("  " + line);
              out.flush();
            });
    context.addApplicationListener(
        (ApplicationListener<ContextClosedEvent>) closed -> ward.close());
  }
}
