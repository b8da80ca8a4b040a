package dev.vigil.telemetry.aggregate;

import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps the aggregates: takes from each event which hours it touched and counts those anew. What an
 * event replaced or took back is told by {@code telemetry.reading_replaced}, since the event names
 * the Observation alone.
 */
public final class AggregateReader implements LogReader {

  /** The reader's name. */
  public static final String NAME = "aggregates";

  /** Key of the advisory lock that a rebuild holds alone: "vigil" in ASCII and a number. */
  static final long LOCK = (0x766967696cL << 16) + 0x100;

  private final JdbcClient jdbc;
  private final Aggregation aggregation;
  private final Recount recount;
  private final Readings readings;

  /** On the data source of the transactions that hold the reader's position. */
  public AggregateReader(DataSource dataSource, Aggregation aggregation) {
    this.jdbc = JdbcClient.create(dataSource);
    this.aggregation = aggregation;
    this.recount = new Recount(dataSource, aggregation);
    this.readings = new PostgresReadings(dataSource, aggregation.metrics());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void accept(List<LoggedEvent> events) {
    jdbc.sql("select pg_advisory_xact_lock_shared(:key)").param("key", LOCK).query(row -> {});
    count(events);
  }

  /** As {@link #accept}, without waiting for a rebuild to end. */
  void count(List<LoggedEvent> events) {
    Map<Signal, NavigableSet<Instant>> stale = new HashMap<>();
    Map<Signal, NavigableSet<Instant>> lessened = new HashMap<>();
    for (LoggedEvent event : events) {
      if (event.event() instanceof ResourcesWritten written) {
        written.readings().stream()
            .filter(AggregateReader::counts)
            .forEach(
                reading -> touch(stale, signal(event.tenant(), reading), reading.measuredAt()));
        touchReplaced(stale, lessened, event, written);
      }
    }
    recount.count(stale, lessened);
    for (LoggedEvent event : events) {
      if (event.event() instanceof PersonErased erased) {
        forget(event.tenant(), erased.patient());
      }
    }
  }

  private void forget(TenantId tenant, PatientId patient) {
    for (String table : List.of("telemetry.reading_hour", "telemetry.reading_day")) {
      jdbc.sql("delete from " + table + " where tenant_id = :tenant and patient_id = :patient")
          .param("tenant", tenant.value())
          .param("patient", patient.value())
          .update();
    }
  }

  private void touchReplaced(
      Map<Signal, NavigableSet<Instant>> stale,
      Map<Signal, NavigableSet<Instant>> lessened,
      LoggedEvent event,
      ResourcesWritten written) {
    for (Reading reading : readings.before(event.tenant(), written.changes())) {
      if (counts(reading)) {
        Signal signal = signal(event.tenant(), reading);
        touch(stale, signal, reading.measuredAt());
        lessened
            .computeIfAbsent(signal, key -> new TreeSet<>())
            .add(Step.HOUR.begin(reading.measuredAt()));
      }
    }
  }

  private static boolean counts(Reading reading) {
    return reading.value() instanceof Quantity && reading.evaluable();
  }

  private static Signal signal(TenantId tenant, Reading reading) {
    return new Signal(tenant, reading.patient(), reading.metric());
  }

  /** The hour of the sample, and those before in which one may lie that it puts an end to. */
  private void touch(Map<Signal, NavigableSet<Instant>> stale, Signal signal, Instant moment) {
    Duration longest = aggregation.longest(signal.metric());
    NavigableSet<Instant> hours = stale.computeIfAbsent(signal, key -> new TreeSet<>());
    Instant last = Step.HOUR.begin(moment);
    Instant hour = Step.HOUR.begin(moment.minus(longest));
    for (; !hour.isAfter(last); hour = Step.HOUR.next(hour)) {
      hours.add(hour);
    }
  }
}
