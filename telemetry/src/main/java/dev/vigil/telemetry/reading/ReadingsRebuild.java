package dev.vigil.telemetry.reading;

import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.RowChecksum;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.terminology.metric.MetricCatalog;
import java.util.List;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Builds anew what is kept beside the Observations to read them: what their shapes measure, and the
 * newest reading of each signal. In one transaction: whoever reads meanwhile sees the old rows to
 * the end. Writers wait for it, since no Observation must be added under it.
 */
public final class ReadingsRebuild {

  private static final List<String> TABLES = List.of("telemetry.signal", "telemetry.shape_reading");

  private final TransactionTemplate transactions;
  private final EventLog log;
  private final ReadingShapes shapes;
  private final PostgresReadings readings;
  private final RowChecksum checksum;

  /** On the data source of the transaction manager and the log. */
  public ReadingsRebuild(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      EventLog log,
      MetricCatalog catalog) {
    this.transactions = new TransactionTemplate(transactionManager);
    this.log = log;
    this.shapes = new ReadingShapes(dataSource, catalog);
    this.readings = new PostgresReadings(dataSource, catalog);
    this.checksum = new RowChecksum(dataSource);
  }

  /**
   * Drops and rebuilds.
   *
   * @param progress told the shapes done and the shapes there are
   * @return checksums of the rows, taken while nobody could write
   */
  public Rebuilt rebuild(BiConsumer<Long, Long> progress) {
    return transactions.execute(
        status -> {
          log.lock();
          String before = checksum.of(TABLES);
          shapes.rebuild(progress);
          readings.rebuild();
          return new Rebuilt(before, checksum.of(TABLES));
        });
  }
}
