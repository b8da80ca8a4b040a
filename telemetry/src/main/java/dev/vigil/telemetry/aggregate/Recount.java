package dev.vigil.telemetry.aggregate;

import dev.vigil.telemetry.aggregate.Aggregation.Measured;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Counts hours anew from the readings as they are, and their days from the hours. Whatever a row
 * said before does not matter, so late data, corrections and repeats all end in the same rows.
 */
final class Recount {

  /** Hours in one stretch, and stretches in one query: what is held in memory at once. */
  private static final int HOURS = 24;

  private static final int STRETCHES = 100;
  private static final int FETCH = 5_000;

  private final NamedParameterJdbcTemplate jdbc;
  private final Aggregation aggregation;
  private final AggregateTable hours;
  private final AggregateTable days;

  /** On the data source of the caller's transaction. */
  Recount(DataSource dataSource, Aggregation aggregation) {
    JdbcTemplate template = new JdbcTemplate(dataSource);
    template.setFetchSize(FETCH);
    this.jdbc = new NamedParameterJdbcTemplate(template);
    this.aggregation = aggregation;
    this.hours = AggregateTable.hours(dataSource);
    this.days = AggregateTable.days(dataSource);
  }

  /**
   * Counts in the caller's transaction.
   *
   * @param stale the hours of each signal that a reading came to, with those before that it ends
   * @param lessened the hours of each signal that a reading went from: they may be empty now
   */
  void count(
      Map<Signal, NavigableSet<Instant>> stale, Map<Signal, NavigableSet<Instant>> lessened) {
    lessened.forEach(hours::clear);
    inParts(stretches(stale)).forEach(part -> countHours(part, stale));
    Map<Signal, NavigableSet<Instant>> staleDays = daysOf(stale);
    daysOf(lessened).forEach(days::clear);
    List<Stretch> ofDays = new ArrayList<>();
    staleDays.forEach(
        (signal, begins) ->
            begins.forEach(day -> ofDays.add(new Stretch(signal, day, Step.DAY.next(day)))));
    inParts(ofDays).forEach(this::countDays);
  }

  private static Map<Signal, NavigableSet<Instant>> daysOf(
      Map<Signal, NavigableSet<Instant>> hours) {
    return hours.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    entry.getValue().stream()
                        .map(Step.DAY::begin)
                        .collect(Collectors.toCollection(TreeSet::new))));
  }

  /** Neighbouring hours together, at most a day. */
  private static List<Stretch> stretches(Map<Signal, NavigableSet<Instant>> stale) {
    List<Stretch> stretches = new ArrayList<>();
    stale.forEach(
        (signal, begins) -> {
          Instant from = null;
          Instant before = null;
          for (Instant hour : begins) {
            boolean joins = hour.equals(before) && Duration.between(from, before).toHours() < HOURS;
            if (!joins) {
              if (from != null) {
                stretches.add(new Stretch(signal, from, before));
              }
              from = hour;
            }
            before = Step.HOUR.next(hour);
          }
          if (from != null) {
            stretches.add(new Stretch(signal, from, before));
          }
        });
    return stretches;
  }

  private static Collection<List<Stretch>> inParts(List<Stretch> all) {
    List<List<Stretch>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += STRETCHES) {
      parts.add(all.subList(from, Math.min(from + STRETCHES, all.size())));
    }
    return parts;
  }

  private void countHours(List<Stretch> part, Map<Signal, NavigableSet<Instant>> stale) {
    List<Stretch> withTail =
        part.stream()
            .map(
                stretch ->
                    new Stretch(
                        stretch.signal(),
                        stretch.from(),
                        stretch.before().plus(aggregation.longest(stretch.signal().metric()))))
            .toList();
    Map<Signal, List<Aggregate>> counted = new HashMap<>();
    List<Measured> measured = new ArrayList<>();
    int[] current = {0};
    Runnable finish =
        () -> {
          if (!measured.isEmpty()) {
            Stretch stretch = part.get(current[0] - 1);
            aggregation.count(stretch.signal().metric(), measured, Step.HOUR).stream()
                .filter(one -> one.begin().isBefore(stretch.before()))
                .filter(one -> stale.get(stretch.signal()).contains(one.begin()))
                .forEach(
                    one ->
                        counted
                            .computeIfAbsent(stretch.signal(), key -> new ArrayList<>())
                            .add(one));
            measured.clear();
          }
        };
    jdbc.query(
        """
        select wanted.n, reading.measured_at, reading.value, reading.unit
        from %s
        join telemetry.reading using (tenant_id, patient_id, metric)
        where reading.measured_at >= wanted.from_at and reading.measured_at < wanted.before_at
          and reading.value is not null and reading.quality = '{}'
        order by wanted.n, reading.measured_at, reading.sequence, reading.observation_id,
          reading.ordinal
        """
            .formatted(Stretch.TABLE),
        Stretch.parameters(withTail),
        row -> {
          int n = row.getInt("n");
          if (n != current[0]) {
            finish.run();
            current[0] = n;
          }
          measured.add(measured(row));
        });
    finish.run();
    hours.put(counted);
  }

  private static Measured measured(ResultSet row) throws SQLException {
    return new Measured(
        row.getObject("measured_at", OffsetDateTime.class).toInstant(),
        row.getBigDecimal("value"),
        row.getString("unit"));
  }

  private void countDays(List<Stretch> part) {
    Map<Signal, List<Aggregate>> counted = new HashMap<>();
    hours
        .read(part)
        .forEach(
            (signal, list) -> {
              List<Aggregate> sums = new ArrayList<>();
              for (Aggregate hour : list) {
                Instant day = Step.DAY.begin(hour.begin());
                int last = sums.size() - 1;
                if (last >= 0
                    && sums.get(last).begin().equals(day)
                    && sums.get(last).unit().equals(hour.unit())) {
                  sums.set(last, sums.get(last).plus(hour));
                } else {
                  sums.add(hour.from(day));
                }
              }
              counted.put(signal, sums);
            });
    days.put(counted);
  }
}
