package dev.vigil.server.cli;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import dev.vigil.server.observation.StoredContents;
import dev.vigil.server.observation.search.DatabaseSearchParameters;
import dev.vigil.server.observation.search.HapiIndexExtractor;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.aggregate.AggregateRebuild;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.ObservationRebuild;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PostgresObservations;
import dev.vigil.telemetry.reading.ReadingShapes;
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
      "Reads go on meanwhile. While the readings are rebuilt, writes wait; while Observations or"
          + " aggregates are, they do not.",
      "Observations are compared with the log one by one, and written again where they differ. What"
          + " the log does not tell of in full stays as it is and is counted."
    })
final class RebuildCommand implements Callable<Integer> {

  /** In the order in which they depend on each other. */
  private enum Projection {
    OBSERVATIONS("event"),
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
      description = "${COMPLETION-CANDIDATES}; done in this order")
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
                out,
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
      Projection projection, DataFolder data, PrintWriter out, BiConsumer<Long, Long> progress) {
    DataSource dataSource = data.dataSource();
    PlatformTransactionManager transactions = new DataSourceTransactionManager(dataSource);
    EventLog log =
        new PostgresEventLog(dataSource, data.keys(), Clock.systemUTC(), new LogSignal());
    return switch (projection) {
      case OBSERVATIONS -> told(observations(dataSource, transactions, log).rebuild(progress), out);
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

  private static Rebuilt told(ObservationRebuild.Result result, PrintWriter out) {
    out.println("observations written again " + result.repaired());
    if (result.untold() > 0) {
      out.println("observations that the log does not tell of in full " + result.untold());
    }
    if (result.busy() > 0) {
      out.println("observations being written by others, run it again " + result.busy());
    }
    return result.rows();
  }

  static ObservationRebuild observations(
      DataSource dataSource, PlatformTransactionManager transactions, EventLog log) {
    FhirContext context = FhirContext.forR4();
    ISearchParamRegistry parameters = DatabaseSearchParameters.of(context, dataSource);
    IndexExtractor extractor = new HapiIndexExtractor(context, parameters);
    ReadingShapes shapes = new ReadingShapes(dataSource, MetricCatalog.standard());
    Observations store =
        new PostgresObservations(
            dataSource, new ObservationPartitions(dataSource), extractor, shapes);
    return new ObservationRebuild(
        dataSource,
        transactions,
        log,
        extractor,
        new StoredContents(context, parameters, dataSource, store),
        shapes);
  }
}
