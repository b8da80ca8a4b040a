package dev.vigil.server.cli;

import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.ReadingsRebuild;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vigil rebuild}: projections from the log, beside a running server or without one. */
@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    description =
        "Drops and rebuilds projections from the log. Reads go on meanwhile, writes wait.")
final class RebuildCommand implements Callable<Integer> {

  private static final String READINGS = "readings";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PROJECTION", arity = "1..*", description = "readings")
  private List<String> projections;

  @Override
  public Integer call() throws Exception {
    if (!projections.stream().allMatch(READINGS::equals)) {
      throw new ParameterException(
          spec.commandLine(), "there is one projection so far: " + READINGS);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (DataFolder data = DataFolder.open()) {
      DataSource dataSource = data.dataSource();
      ReadingsRebuild rebuild =
          new ReadingsRebuild(
              dataSource,
              new DataSourceTransactionManager(dataSource),
              new PostgresEventLog(dataSource, data.keys(), Clock.systemUTC(), new LogSignal()),
              new PostgresReadings(dataSource));
      long readings =
          rebuild.rebuild(
              (done, total) -> {
                out.println("event " + done + " of " + total);
                out.flush();
              });
      out.println("readings " + readings);
    }
    return 0;
  }
}
