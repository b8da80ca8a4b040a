package dev.vigil.telemetry.aggregate;

import dev.vigil.telemetry.Timestamptz;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** The rows of one step: {@code telemetry.reading_hour} or {@code telemetry.reading_day}. */
final class AggregateTable {

  private final String name;
  private final NamedParameterJdbcTemplate jdbc;

  private AggregateTable(String name, DataSource dataSource) {
    this.name = name;
    this.jdbc = new NamedParameterJdbcTemplate(dataSource);
  }

  static AggregateTable hours(DataSource dataSource) {
    return new AggregateTable("telemetry.reading_hour", dataSource);
  }

  static AggregateTable days(DataSource dataSource) {
    return new AggregateTable("telemetry.reading_day", dataSource);
  }

  String name() {
    return name;
  }

  /** Of each signal by unit and then by time. The stretches of a signal do not overlap. */
  Map<Signal, List<Aggregate>> read(List<Stretch> stretches) {
    Map<Signal, List<Aggregate>> found = new HashMap<>();
    jdbc.query(
        """
        select wanted.n, kept.*
        from %s
        join %s as kept using (tenant_id, patient_id, metric)
        where kept.begins_at >= wanted.from_at and kept.begins_at < wanted.before_at
        order by kept.tenant_id, kept.patient_id, kept.metric, kept.unit, kept.begins_at
        """
            .formatted(Stretch.TABLE, name),
        Stretch.parameters(stretches),
        row -> {
          Signal signal = stretches.get(row.getInt("n") - 1).signal();
          found.computeIfAbsent(signal, key -> new ArrayList<>()).add(aggregate(row));
        });
    return found;
  }

  /** Puts rows in, over those of the same stretches and units. */
  void put(Map<Signal, List<Aggregate>> aggregates) {
    List<MapSqlParameterSource> rows = new ArrayList<>();
    aggregates.forEach((signal, list) -> list.forEach(one -> rows.add(row(signal, one))));
    if (rows.isEmpty()) {
      return;
    }
    jdbc.batchUpdate(
        """
        insert into %s as kept (tenant_id, patient_id, metric, unit, begins_at, count, sum,
          square_sum, min, max, first_value, first_at, last_value, last_at, range_us)
        values (:tenant, :patient, :metric, :unit, :begin, :count, :sum,
          :squareSum, :min, :max, :firstValue, :firstAt, :lastValue, :lastAt,
          cast(:ranges as bigint[]))
        on conflict (tenant_id, patient_id, metric, unit, begins_at) do update
        set count = excluded.count, sum = excluded.sum, square_sum = excluded.square_sum,
          min = excluded.min, max = excluded.max, first_value = excluded.first_value,
          first_at = excluded.first_at, last_value = excluded.last_value,
          last_at = excluded.last_at, range_us = excluded.range_us
        """
            .formatted(name),
        rows.toArray(MapSqlParameterSource[]::new));
  }

  /** Takes the rows of stretches away, whatever their unit. */
  void clear(Signal signal, Collection<Instant> begins) {
    jdbc.update(
        """
        delete from %s
        where tenant_id = :tenant and patient_id = :patient and metric = :metric
          and begins_at = any(cast(:begins as timestamptz[]))
        """
            .formatted(name),
        of(signal)
            .addValue(
                "begins",
                begins.stream().map(Instant::toString).collect(Collectors.joining(",", "{", "}"))));
  }

  void clear() {
    jdbc.update("delete from " + name, Map.of());
  }

  private static MapSqlParameterSource of(Signal signal) {
    return new MapSqlParameterSource()
        .addValue("tenant", signal.tenant().value())
        .addValue("patient", signal.patient().value())
        .addValue("metric", signal.metric().id());
  }

  private static MapSqlParameterSource row(Signal signal, Aggregate one) {
    return of(signal)
        .addValue("unit", one.unit())
        .addValue("begin", Timestamptz.of(one.begin()))
        .addValue("count", one.count())
        .addValue("sum", one.sum())
        .addValue("squareSum", one.squareSum())
        .addValue("min", one.min())
        .addValue("max", one.max())
        .addValue("firstValue", one.first().value())
        .addValue("firstAt", Timestamptz.of(one.first().at()))
        .addValue("lastValue", one.last().value())
        .addValue("lastAt", Timestamptz.of(one.last().at()))
        .addValue(
            "ranges",
            one.inRanges().stream()
                .map(time -> Long.toString(time.toNanos() / 1_000))
                .collect(Collectors.joining(",", "{", "}")));
  }

  private static Aggregate aggregate(ResultSet row) throws SQLException {
    return new Aggregate(
        moment(row, "begins_at"),
        row.getString("unit"),
        row.getLong("count"),
        row.getBigDecimal("sum"),
        row.getBigDecimal("square_sum"),
        row.getBigDecimal("min"),
        row.getBigDecimal("max"),
        new Sample(moment(row, "first_at"), row.getBigDecimal("first_value")),
        new Sample(moment(row, "last_at"), row.getBigDecimal("last_value")),
        durations(row.getArray("range_us")));
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static List<Duration> durations(Array array) throws SQLException {
    List<Duration> durations = new ArrayList<>();
    for (Long micros : (Long[]) array.getArray()) {
      durations.add(Duration.of(micros, ChronoUnit.MICROS));
    }
    return durations;
  }
}
