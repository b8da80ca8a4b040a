package dev.vigil.telemetry.reading;

import dev.vigil.core.ObservationId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.RowChecksum;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Builds the readings anew from the log, in one transaction: whoever reads meanwhile sees the old
 * ones to the end. Writers wait for it, since the log must not grow under the replay.
 */
public final class ReadingsRebuild {

  private static final int BATCH = 500;
  private static final List<String> TABLES =
      List.of("telemetry.signal", "telemetry.reading", "telemetry.reading_replaced");

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final EventLog log;
  private final Readings readings;
  private final RowChecksum checksum;

  /** On the data source of the transaction manager, the log and the readings. */
  public ReadingsRebuild(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      EventLog log,
      Readings readings) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = new TransactionTemplate(transactionManager);
    this.log = log;
    this.readings = readings;
    this.checksum = new RowChecksum(dataSource);
  }

  /**
   * Drops and rebuilds.
   *
   * @param progress told the events done and the events there are, after each batch
   * @return checksums of the rows, taken while nobody could write
   */
  public Rebuilt rebuild(BiConsumer<Long, Long> progress) {
    return transactions.execute(
        status -> {
          log.lock();
          String before = checksum.of(TABLES);
          TABLES.forEach(table -> jdbc.sql("delete from " + table).update());
          replay(log.head(), progress);
          jdbc.sql("update telemetry.reading_history set complete_after = 0").update();
          return new Rebuilt(before, checksum.of(TABLES));
        });
  }

  private void replay(long head, BiConsumer<Long, Long> progress) {
    long done = 0;
    while (done < head) {
      List<LoggedEvent> events = log.read(done, BATCH);
      for (LoggedEvent event : events) {
        if (event.event() instanceof ResourcesWritten written) {
          apply(event.tenant(), event.sequence(), written);
        }
        done = event.sequence();
      }
      progress.accept(done, head);
    }
  }

  private void apply(TenantId tenant, long sequence, ResourcesWritten written) {
    Set<ObservationId> told =
        written.readings().stream()
            .map(reading -> reading.observation())
            .collect(Collectors.toSet());
    for (ResourceChange change : written.changes()) {
      ObservationId id = new ObservationId(change.id());
      if (change.type().equals("Observation")
          && change.action() != Action.CREATED
          && !told.contains(id)) {
        readings.remove(tenant, sequence, id);
      }
    }
    readings.record(tenant, sequence, written.readings());
  }
}
