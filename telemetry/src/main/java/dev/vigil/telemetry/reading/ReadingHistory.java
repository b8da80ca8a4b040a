package dev.vigil.telemetry.reading;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationRows;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Readings as they were known at an earlier event of the log: with those that were corrected or
 * taken back since, without those that came since.
 */
public final class ReadingHistory {

  private final JdbcClient jdbc;
  private final ReadingRows readings;
  private final FoundReadings found;

  /**
   * Looks at the readings there.
   *
   * @param catalog for Observations whose shape does not tell what they measure
   */
  public ReadingHistory(DataSource dataSource, MetricCatalog catalog) {
    this.jdbc = JdbcClient.create(dataSource);
    ObservationRows rows = new ObservationRows(dataSource);
    this.readings = new ReadingRows(dataSource, rows, catalog);
    this.found = new FoundReadings(jdbc, rows);
  }

  /**
   * The last event that had been recorded at a moment, by our clock; 0 before the first one.
   *
   * @throws ProblemException if what was known then was not kept, since Vigil was upgraded after it
   */
  public long eventAt(Instant moment) {
    long low = 0;
    long high =
        jdbc.sql("select coalesce(max(sequence), 0) from telemetry.event where shard = 0")
            .query(Long.class)
            .single();
    // Moments grow with sequences, and only sequences have an index.
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (recordedAt(middle).isAfter(moment)) {
        high = middle - 1;
      } else {
        low = middle;
      }
    }
    if (low < completeAfter()) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.UNAVAILABLE,
              "Parameters.parameter.where(name='at')",
              "what was known then was not kept: Vigil was upgraded since"));
    }
    return low;
  }

  private Instant recordedAt(long sequence) {
    Optional<OffsetDateTime> moment =
        jdbc.sql("select recorded_at from telemetry.event where shard = 0 and sequence = :sequence")
            .param("sequence", sequence)
            .query(OffsetDateTime.class)
            .optional();
    return moment.orElseThrow().toInstant();
  }

  private long completeAfter() {
    return jdbc.sql("select complete_after from telemetry.reading_history")
        .query(Long.class)
        .single();
  }

  /**
   * Readings of one signal as the log had told them by an event, oldest first, also those that may
   * not be evaluated.
   *
   * @param from event time, inclusive
   * @param to event time, inclusive
   * @param event its sequence
   * @param most at most that many, the oldest
   */
  public List<Reading> knownAt(
      TenantId tenant,
      PatientId patient,
      Metric metric,
      Instant from,
      Instant to,
      long event,
      int most) {
    return found.readings(
        tenant,
        readings.first(
            new SignalStretch(tenant, patient, metric, from, to),
            event,
            event < Long.MAX_VALUE,
            most));
  }
}
