package dev.vigil.telemetry.reading;

import dev.vigil.core.ObservationId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
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

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final EventLog log;
  private final Readings readings;

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
  }

  /**
   * Drops and rebuilds.
   *
   * @param progress told the events done and the events there are, after each batch
   * @return how many readings there are now
   */
  public long rebuild(BiConsumer<Long, Long> progress) {
    Long count =
        transactions.execute(
            status -> {
              log.lock();
              jdbc.sql("delete from telemetry.signal").update();
              jdbc.sql("delete from telemetry.reading").update();
              replay(log.head(), progress);
              return jdbc.sql("select count(*) from telemetry.reading").query(Long.class).single();
            });
    return count == null ? 0 : count;
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
        readings.remove(tenant, id);
      }
    }
    readings.record(tenant, sequence, written.readings());
  }
}
