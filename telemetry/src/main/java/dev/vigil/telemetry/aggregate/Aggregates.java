package dev.vigil.telemetry.aggregate;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

/**
 * Kept aggregates. They follow the log by a reader of the name {@link AggregateReader#NAME}: ask
 * {@code ReaderHealth} how far behind it is.
 */
public final class Aggregates {

  private final AggregateTable hours;
  private final AggregateTable days;

  /** Looks at the rows there. */
  public Aggregates(DataSource dataSource) {
    this.hours = AggregateTable.hours(dataSource);
    this.days = AggregateTable.days(dataSource);
  }

  /**
   * Hours of one signal that hold samples, by unit and then by time.
   *
   * @param from the hours that begin then or later
   * @param before the hours that begin before then
   */
  public List<Aggregate> hours(
      TenantId tenant, PatientId patient, Metric metric, Instant from, Instant before) {
    return read(hours, new Signal(tenant, patient, metric), from, before);
  }

  /** As {@link #hours}, of days of UTC. */
  public List<Aggregate> days(
      TenantId tenant, PatientId patient, Metric metric, Instant from, Instant before) {
    return read(days, new Signal(tenant, patient, metric), from, before);
  }

  private static List<Aggregate> read(
      AggregateTable table, Signal signal, Instant from, Instant before) {
    return table.read(List.of(new Stretch(signal, from, before))).getOrDefault(signal, List.of());
  }
}
