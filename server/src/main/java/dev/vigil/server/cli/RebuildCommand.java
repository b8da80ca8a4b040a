package dev.vigil.server.cli;

import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.aggregate.AggregateRebuild;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.reading.ReadingsRebuild;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vigil rebuild}: projections from the log, beside a running server or without one. */
@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    description = {
      "Drops and rebuilds projections from the log, and prints a checksum of their rows before and"
          + " after.",
      "Reads go on meanwhile. While the readings are rebuilt, writes wait; while the aggregates"
          + " are, they do not."
    })
final class RebuildCommand implements Callable<Integer> {

  /** In the order in which they depend on each other. */
  private enum Projection {
    READINGS("shape"),
    AGGREGATES("signal");

    private final String step;

    Projection(String step) {
      this.step = step;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PROJECTION",
      arity = "1..*",
      description = "${COMPLETION-CANDIDATES}; readings go first")
  private List<Projection> projections;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (DataFolder data = DataFolder.open()) {
      for (Projection projection :
          projections.stream().distinct().sorted(Comparator.naturalOrder()).toList()) {
        Rebuilt rebuilt =
            rebuild(
                projection,
                data,
                (done, total) -> {
                  out.println(projection.step + " " + done + " of " + total);
                  out.flush();
                });
        out.println(projection + " before " + rebuilt.before());
        out.println(projection + " after  " + rebuilt.after());
        out.println(projection + (rebuilt.same() ? " the same" : " changed"));
        out.flush();
      }
    }
    return 0;
  }

  private static Rebuilt rebuild(
      Projection projection, DataFolder data, BiConsumer<Long, Long> progress) {
    DataSource dataSource = data.dataSource();
    PlatformTransactionManager transactions = new DataSourceTransactionManager(dataSource);
    EventLog log =
        new PostgresEventLog(dataSource, data.keys(), Clock.systemUTC(), new LogSignal());
    return switch (projection) {
      case READINGS ->
          new ReadingsRebuild(dataSource, transactions, log, MetricCatalog.standard())
              .rebuild(progress);
      case AGGREGATES ->
          new AggregateRebuild(
                  dataSource,
                  transactions,
                  log,
                  new Aggregation(MetricCatalog.standard(), RangeTable.standard()))
              .rebuild(progress);
    };
  }
}
