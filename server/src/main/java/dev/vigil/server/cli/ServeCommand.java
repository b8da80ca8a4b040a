package dev.vigil.server.cli;

import dev.vigil.server.auth.AuthProperties;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vigil serve}: the server without the ward and without demo identities. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the server. It has no client and no user until you declare them.")
final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    ConfigurableApplicationContext context = ServerProcess.start(Map.of());
    PrintWriter out = spec.commandLine().getOut();
    int port = ServerProcess.port(context);
    out.println("Vigil serves http://localhost:" + port + "/fhir");
    out.println(clients(context.getBean(AuthProperties.class).clients().size()));
    out.flush();
    return ServerProcess.RUNNING;
  }

  /** Says who may ask for a token, or how somebody may. */
  static String clients(int declared) {
    return declared == 0
        ? "There is no client yet: declare one as docs/guide/operate.md says, under Clients"
        : "Clients declared: " + declared;
  }
}
