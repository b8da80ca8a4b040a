package dev.vigil.server.cli;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.aggregate.AggregateRecount;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.Expiry;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.retention.LegalHolds;
import dev.vigil.telemetry.retention.Retention;
import dev.vigil.telemetry.retention.RetentionPolicies;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import java.util.SortedMap;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code vigil retention}: how long Observations are kept, and whose are kept whatever that says;
 * beside a running server or without one.
 */
@Command(
    name = "retention",
    mixinStandardHelpOptions = true,
    description =
        "How long Observations are kept, and legal holds. Each change is an event of the log.")
final class RetentionCommand implements Runnable {

  private static final Source OPERATOR = new Source("cli", "operator");

  /** What the subcommands work on. */
  private record Parts(RetentionPolicies policies, LegalHolds holds, Retention retention) {

    static Parts of(DataFolder data) {
      DataSource dataSource = data.dataSource();
      Clock clock = Clock.systemUTC();
      TransactionTemplate each =
          new TransactionTemplate(new DataSourceTransactionManager(dataSource));
      EventLog log = new PostgresEventLog(dataSource, data.keys(), clock, new LogSignal());
      RetentionPolicies policies = new RetentionPolicies(dataSource, each, log, clock);
      LegalHolds holds = new LegalHolds(dataSource, each, log, clock);
      MetricCatalog catalog = MetricCatalog.standard();
      return new Parts(
          policies,
          holds,
          new Retention(
              dataSource,
              each,
              log,
              policies,
              holds,
              new PostgresReadings(dataSource, catalog),
              new AggregateRecount(
                  dataSource, each, new Aggregation(catalog, RangeTable.standard())),
              clock));
    }
  }

  private interface Work {
    void on(Parts parts, PrintWriter out);
  }

  /** The tenant every subcommand but run names. */
  static final class Whose {
    @Option(names = "--tenant", required = true, description = "the tenant")
    private String tenant;

    TenantId id() {
      return new TenantId(tenant);
    }
  }

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a subcommand; see vigil retention --help");
  }

  private void work(Work work) throws Exception {
    try (DataFolder data = DataFolder.open()) {
      PrintWriter out = spec.commandLine().getOut();
      work.on(Parts.of(data), out);
      out.flush();
    }
  }

  @Command(name = "show", description = "Prints the policies and the legal holds of a tenant.")
  int show(@Mixin Whose whose) throws Exception {
    work(
        (parts, out) -> {
          parts
              .policies()
              .of(whose.id())
              .forEach((category, days) -> out.println(days + " days  " + category));
          parts
              .holds()
              .of(whose.id())
              .forEach(
                  hold ->
                      out.println(
                          "held since "
                              + hold.placedAt()
                              + "  Patient/"
                              + hold.patient().value()
                              + "  "
                              + hold.matter()));
        });
    return 0;
  }

  @Command(name = "set", description = "Sets how long Observations of a category are kept.")
  int set(
      @Mixin Whose whose,
      @Option(
              names = "--category",
              defaultValue = Expiry.OTHERS,
              description = "system|code; without it, those that no other policy names")
          String category,
      @Option(names = "--keep-days", required = true, description = "days, from 1") int days)
      throws Exception {
    work(
        (parts, out) -> {
          parts.policies().set(whose.id(), category, OptionalInt.of(days), OPERATOR);
          out.println(days + " days  " + category);
        });
    return 0;
  }

  @Command(name = "unset", description = "Takes a policy away: as if it had never been set.")
  int unset(
      @Mixin Whose whose,
      @Option(names = "--category", defaultValue = Expiry.OTHERS, description = "system|code")
          String category)
      throws Exception {
    work(
        (parts, out) -> {
          parts.policies().set(whose.id(), category, OptionalInt.empty(), OPERATOR);
          out.println("no policy  " + category);
        });
    return 0;
  }

  @Command(name = "hold", description = "Places a legal hold: nothing of the person is deleted.")
  int hold(
      @Mixin Whose whose,
      @Option(names = "--patient", required = true, description = "id of the Patient")
          String patient,
      @Option(
              names = "--matter",
              required = true,
              description = "a reference to why, such as a file number; no names")
          String matter)
      throws Exception {
    work(
        (parts, out) -> {
          parts.holds().place(whose.id(), new PatientId(patient), matter, OPERATOR);
          out.println("held  Patient/" + patient);
        });
    return 0;
  }

  @Command(name = "release", description = "Releases a legal hold.")
  int release(
      @Mixin Whose whose,
      @Option(names = "--patient", required = true, description = "id of the Patient")
          String patient)
      throws Exception {
    work(
        (parts, out) -> {
          parts.holds().release(whose.id(), new PatientId(patient), OPERATOR);
          out.println("released  Patient/" + patient);
        });
    return 0;
  }

  @Command(name = "preview", description = "Counts what would be deleted now; deletes nothing.")
  int preview(@Mixin Whose whose) throws Exception {
    work(
        (parts, out) -> {
          SortedMap<Instant, Long> counts = parts.retention().preview(whose.id());
          counts.forEach(
              (week, count) ->
                  out.println(
                      "week of " + LocalDate.ofInstant(week, ZoneOffset.UTC) + "  " + count));
          out.println("total  " + counts.values().stream().mapToLong(Long::longValue).sum());
        });
    return 0;
  }

  @Command(
      name = "run",
      description = "Deletes what is due now, of every tenant; a server does so by itself.")
  int runNow() throws Exception {
    work((parts, out) -> out.println("deleted  " + parts.retention().run(() -> false)));
    return 0;
  }
}
