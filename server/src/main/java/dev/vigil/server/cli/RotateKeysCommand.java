package dev.vigil.server.cli;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.key.KeyRotation;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vigil rotate-keys}: new keys above the others, beside a running server or without one. */
@Command(
    name = "rotate-keys",
    mixinStandardHelpOptions = true,
    description =
        "Makes a new master key and wraps the tenants' keys with it. Writes go on meanwhile.")
final class RotateKeysCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--tenants", description = "new keys for the tenants too; wraps persons' keys")
  private boolean tenants;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (DataFolder data = DataFolder.open()) {
      DataSource dataSource = data.dataSource();
      KeyRotation rotation =
          new KeyRotation(
              dataSource,
              new DataSourceTransactionManager(dataSource),
              data.keyService(),
              data.keys(),
              Clock.systemUTC());
      rotation.demandMasterKeys();
      out.println("master key: " + rotation.rotateMaster() + " keys wrapped anew");
      if (tenants) {
        for (TenantId tenant : rotation.tenants()) {
          out.println(tenant + ": " + rotation.rotateTenant(tenant) + " keys wrapped anew");
          out.flush();
        }
      }
    }
    return 0;
  }
}
