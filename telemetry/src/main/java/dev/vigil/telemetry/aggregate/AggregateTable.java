package dev.vigil.telemetry.aggregate;

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
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** The rows of one step: {@code telemetry.reading_hour} or {@code telemetry.reading_day}. */
final class AggregateTable {

  /** In one statement. */
  private static final int MOST_ROWS = 2_000;

  private record Counted(Signal signal, Aggregate one) {}

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

  /**
   * Puts rows in, over those of the same stretches and units. Rows that are there are updated, for
   * an insert that meets one costs a lock of it besides, in the write-ahead log as well. One
   * transaction at a time does this.
   */
  void put(Map<Signal, List<Aggregate>> aggregates) {
    List<Counted> rows = new ArrayList<>();
    aggregates.forEach((signal, list) -> list.forEach(one -> rows.add(new Counted(signal, one))));
    for (int from = 0; from < rows.size(); from += MOST_ROWS) {
      putRows(rows.subList(from, Math.min(from + MOST_ROWS, rows.size())));
    }
  }

  private void putRows(List<Counted> rows) {
    jdbc.update(
        """
        with counted as (
          select *
          from unnest(cast(:tenants as text[]), cast(:patients as text[]),
              cast(:metrics as text[]), cast(:units as text[]), cast(:begins as timestamptz[]),
              cast(:counts as bigint[]), cast(:sums as numeric[]), cast(:squareSums as numeric[]),
              cast(:mins as numeric[]), cast(:maxs as numeric[]), cast(:firstValues as numeric[]),
              cast(:firstAts as timestamptz[]), cast(:lastValues as numeric[]),
              cast(:lastAts as timestamptz[]), cast(:ranges as text[]))
              with ordinality
            as counted (tenant_id, patient_id, metric, unit, begins_at, count, sum, square_sum, min,
              max, first_value, first_at, last_value, last_at, range_us, n)),
        moved as (
          update %1$s as kept
          set count = counted.count, sum = counted.sum, square_sum = counted.square_sum,
            min = counted.min, max = counted.max, first_value = counted.first_value,
            first_at = counted.first_at, last_value = counted.last_value,
            last_at = counted.last_at, range_us = cast(counted.range_us as bigint[])
          from counted
          where kept.tenant_id = counted.tenant_id and kept.patient_id = counted.patient_id
            and kept.metric = counted.metric and kept.unit = counted.unit
            and kept.begins_at = counted.begins_at
          returning counted.n)
        insert into %1$s (tenant_id, patient_id, metric, unit, begins_at, count, sum, square_sum,
          min, max, first_value, first_at, last_value, last_at, range_us)
        select tenant_id, patient_id, metric, unit, begins_at, count, sum, square_sum, min, max,
          first_value, first_at, last_value, last_at, cast(range_us as bigint[])
        from counted
        where n not in (select n from moved)
        """
            .formatted(name),
        new MapSqlParameterSource()
            .addValue("tenants", texts(rows, row -> row.signal().tenant().value()))
            .addValue("patients", texts(rows, row -> row.signal().patient().value()))
            .addValue("metrics", texts(rows, row -> row.signal().metric().id()))
            .addValue("units", texts(rows, row -> row.one().unit()))
            .addValue("begins", texts(rows, row -> text(row.one().begin())))
            .addValue("counts", texts(rows, row -> Long.toString(row.one().count())))
            .addValue("sums", texts(rows, row -> row.one().sum().toString()))
            .addValue("squareSums", texts(rows, row -> row.one().squareSum().toString()))
            .addValue("mins", texts(rows, row -> row.one().min().toString()))
            .addValue("maxs", texts(rows, row -> row.one().max().toString()))
            .addValue("firstValues", texts(rows, row -> row.one().first().value().toString()))
            .addValue("firstAts", texts(rows, row -> text(row.one().first().at())))
            .addValue("lastValues", texts(rows, row -> row.one().last().value().toString()))
            .addValue("lastAts", texts(rows, row -> text(row.one().last().at())))
            .addValue("ranges", texts(rows, AggregateTable::ranges)));
  }

  private static String[] texts(List<Counted> rows, Function<Counted, String> cell) {
    return rows.stream().map(cell).toArray(String[]::new);
  }

  private static String text(Instant moment) {
    return moment.truncatedTo(ChronoUnit.MICROS).toString();
  }

  /** As PostgreSQL writes an array. */
  private static String ranges(Counted row) {
    return row.one().inRanges().stream()
        .map(time -> Long.toString(time.toNanos() / 1_000))
        .collect(Collectors.joining(",", "{", "}"));
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
