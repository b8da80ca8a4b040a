package dev.vigil.server.cli;

import dev.vigil.server.VigilApplication;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The server in this process. Ctrl-C or SIGTERM ends what is in flight, then PostgreSQL, then the
 * process.
 */
final class ServerProcess {

  /** Not an exit code: the server runs on in its own threads. */
  static final int RUNNING = -1;

  private ServerProcess() {}

  /** Starts with settings that beat every other source. */
  static ConfigurableApplicationContext start(Map<String, String> settings) {
    String[] arguments =
        settings.entrySet().stream()
            .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
            .toArray(String[]::new);
    return new SpringApplicationBuilder(VigilApplication.class)
        .logStartupInfo(false)
        .run(arguments);
  }

  static int port(ConfigurableApplicationContext context) {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  static int managementPort(ConfigurableApplicationContext context) {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.management.port"));
  }
}
