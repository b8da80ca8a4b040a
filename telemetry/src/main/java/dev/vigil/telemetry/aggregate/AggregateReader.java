package dev.vigil.telemetry.aggregate;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
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

  /** On the data source of the transactions that hold the reader's position. */
  public AggregateReader(DataSource dataSource, Aggregation aggregation) {
    this.jdbc = JdbcClient.create(dataSource);
    this.aggregation = aggregation;
    this.recount = new Recount(dataSource, aggregation);
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
        written.readings().forEach(reading -> touch(stale, event.tenant(), reading));
      }
    }
    if (!events.isEmpty()) {
      touchReplaced(stale, lessened, events);
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

  private void touch(Map<Signal, NavigableSet<Instant>> stale, TenantId tenant, Reading reading) {
    if (reading.value() instanceof Quantity && reading.evaluable()) {
      Signal signal = new Signal(tenant, reading.patient(), reading.metric());
      touch(stale, signal, reading.measuredAt());
    }
  }

  private void touchReplaced(
      Map<Signal, NavigableSet<Instant>> stale,
      Map<Signal, NavigableSet<Instant>> lessened,
      List<LoggedEvent> events) {
    jdbc.sql(
            """
            select tenant_id, patient_id, metric, measured_at from telemetry.reading_replaced
            where replaced_by between :first and :last
              and value is not null and quality = '{}'
            """)
        .param("first", events.get(0).sequence())
        .param("last", events.get(events.size() - 1).sequence())
        .query(
            row -> {
              Signal signal =
                  new Signal(
                      new TenantId(row.getString("tenant_id")),
                      new PatientId(row.getString("patient_id")),
                      new Metric(row.getString("metric")));
              Instant moment = row.getObject("measured_at", OffsetDateTime.class).toInstant();
              touch(stale, signal, moment);
              lessened.computeIfAbsent(signal, key -> new TreeSet<>()).add(Step.HOUR.begin(moment));
            });
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
