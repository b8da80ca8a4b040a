package dev.vigil.telemetry.aggregate;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.RowChecksum;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.UnreadableEventException;
import dev.vigil.telemetry.reading.MeasuredNumbers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Counts all aggregates anew from the readings, in one transaction on one snapshot: whoever reads
 * meanwhile sees the old rows to the end, and nobody who writes readings waits. The reader that
 * keeps the aggregates waits and goes on from where it was.
 */
public final class AggregateRebuild {

  private static final int BATCH = 500;

  private final DataSource dataSource;
  private final JdbcClient jdbc;
  private final TransactionTemplate snapshot;
  private final EventLog log;
  private final AggregateReader reader;
  private final Recount recount;
  private final AggregateTable hours;
  private final AggregateTable days;
  private final MeasuredNumbers numbers;
  private final RowChecksum checksum;

  /** On the data source of the transaction manager and the log. */
  public AggregateRebuild(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      EventLog log,
      Aggregation aggregation) {
    this.dataSource = dataSource;
    this.jdbc = JdbcClient.create(dataSource);
    this.snapshot = new TransactionTemplate(transactionManager);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.log = log;
    this.reader = new AggregateReader(dataSource, aggregation);
    this.recount = new Recount(dataSource, aggregation);
    this.hours = AggregateTable.hours(dataSource);
    this.days = AggregateTable.days(dataSource);
    this.numbers = new MeasuredNumbers(dataSource, aggregation.metrics());
    this.checksum = new RowChecksum(dataSource);
  }

  /**
   * Drops and rebuilds.
   *
   * @param progress told the signals done and the signals there are
   * @return checksums of the rows. The first is taken after what the reader had not counted yet, so
   *     that it differs only where rows were wrong
   */
  public Rebuilt rebuild(BiConsumer<Long, Long> progress) {
    // Of the session and before the snapshot: a lock within would be waited for with an old one.
    try (Connection session = dataSource.getConnection();
        Statement lock = session.createStatement()) {
      lock.execute("select pg_advisory_lock(" + AggregateReader.LOCK + ")");
      try {
        return snapshot.execute(status -> rebuildNow(progress));
      } finally {
        lock.execute("select pg_advisory_unlock(" + AggregateReader.LOCK + ")");
      }
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("the rebuild got no lock", e);
    }
  }

  private Rebuilt rebuildNow(BiConsumer<Long, Long> progress) {
    List<String> tables = List.of(hours.name(), days.name());
    catchUp();
    String before = checksum.of(tables);
    hours.clear();
    days.clear();
    // A reading that counts is no newer than the newest of its signal, so this misses none.
    List<Signal> signals =
        jdbc.sql(
                """
                select distinct tenant_id, patient_id, metric from telemetry.signal
                order by tenant_id, patient_id, metric
                """)
            .query(
                (row, n) ->
                    new Signal(
                        new TenantId(row.getString("tenant_id")),
                        new PatientId(row.getString("patient_id")),
                        new Metric(row.getString("metric"))))
            .list();
    long done = 0;
    for (Signal signal : signals) {
      recount.count(Map.of(signal, measured(signal)), Map.of(), Long.MAX_VALUE);
      progress.accept(++done, (long) signals.size());
    }
    return new Rebuilt(before, checksum.of(tables));
  }

  private void catchUp() {
    long position =
        jdbc.sql("select position from telemetry.reader_position where reader = :reader")
            .param("reader", AggregateReader.NAME)
            .query(Long.class)
            .optional()
            .orElse(0L);
    long head = log.head();
    while (position < head) {
      position = catchUp(position);
    }
  }

  /** Passes over an event that nobody can read, as the reader does. */
  private long catchUp(long position) {
    try {
      List<LoggedEvent> events = log.read(position, BATCH);
      reader.count(events);
      return events.get(events.size() - 1).sequence();
    } catch (UnreadableEventException e) {
      return position + 1;
    }
  }

  private NavigableSet<Instant> measured(Signal signal) {
    return new TreeSet<>(numbers.hours(signal.tenant(), signal.patient(), signal.metric()));
  }
}
