package dev.vigil.telemetry.reading;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationRows;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The numbers among the readings that may be evaluated, of many signals at once: no codes, no flag
 * of the device, not ahead of our clock.
 */
public final class MeasuredNumbers {

  private final JdbcClient jdbc;
  private final ObservationRows rows;
  private final ReadingRows readings;

  /**
   * On the data source of the caller's transaction.
   *
   * @param catalog for Observations whose shape does not tell what they measure
   */
  public MeasuredNumbers(DataSource dataSource, MetricCatalog catalog) {
    this.jdbc = JdbcClient.create(dataSource);
    this.rows = new ObservationRows(dataSource);
    this.readings = new ReadingRows(dataSource, rows, catalog);
  }

  /**
   * Finds those of some stretches, in one statement.
   *
   * @param upTo only what the log had told by that event; {@link Long#MAX_VALUE} for all
   * @param taker gets the number of a stretch, from 0, and what is in it, in the order of event
   *     time and then of the log; not called for a stretch that has none
   */
  public void each(
      List<SignalStretch> stretches, long upTo, BiConsumer<Integer, List<MeasuredNumber>> taker) {
    readings.scan(
        stretches,
        upTo,
        false,
        found -> {
          List<MeasuredNumber> numbers = new ArrayList<>();
          for (FoundReading one : found) {
            if (one.value() instanceof Quantity quantity && one.quality().isEmpty()) {
              numbers.add(new MeasuredNumber(one.measuredAt(), quantity.value(), quantity.unit()));
            }
          }
          if (!numbers.isEmpty()) {
            taker.accept(found.get(0).n(), numbers);
          }
        });
  }

  /** The hours of UTC that may hold some of a signal. */
  public List<Instant> hours(TenantId tenant, PatientId patient, Metric metric) {
    return jdbc
        .sql(
            """
            select distinct date_trunc('hour',
              telemetry.effective_until(row.effective_from, row.rare), 'UTC')
            from telemetry.target as patient
            join telemetry.shape_reading as shape
              on shape.tenant = patient.tenant and shape.metric in (:metric, '*')
            join %s
              on row.tenant = patient.tenant and row.patient = patient.number
              and row.shape_id = shape.shape_id
            where patient.tenant = :tenant and patient.type = 'Patient' and patient.id = :patient
              and shape.quality = '{}'
            """
                .formatted(rows.all("row")))
        .param("tenant", rows.number(tenant))
        .param("patient", patient.value())
        .param("metric", metric.id())
        .query(OffsetDateTime.class)
        .list()
        .stream()
        .map(OffsetDateTime::toInstant)
        .toList();
  }
}
