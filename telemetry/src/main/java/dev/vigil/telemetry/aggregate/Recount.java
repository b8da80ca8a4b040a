package dev.vigil.telemetry.aggregate;

import dev.vigil.telemetry.reading.MeasuredNumbers;
import dev.vigil.telemetry.reading.SignalStretch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Counts hours anew from the readings as they are, and their days from the hours. Whatever a row
 * said before does not matter, so late data, corrections and repeats all end in the same rows.
 */
final class Recount {

  /** Hours in one stretch, and stretches in one query: what is held in memory at once. */
  private static final int HOURS = 24;

  private static final int STRETCHES = 100;

  private final MeasuredNumbers numbers;
  private final Aggregation aggregation;
  private final AggregateTable hours;
  private final AggregateTable days;

  /** On the data source of the caller's transaction. */
  Recount(DataSource dataSource, Aggregation aggregation) {
    this.numbers = new MeasuredNumbers(dataSource, aggregation.metrics());
    this.aggregation = aggregation;
    this.hours = AggregateTable.hours(dataSource);
    this.days = AggregateTable.days(dataSource);
  }

  /**
   * Counts in the caller's transaction.
   *
   * @param stale the hours of each signal that a reading came to, with those before that it ends
   * @param lessened the hours of each signal that a reading went from: they may be empty now
   * @param upTo only readings that the log had told by that event
   */
  void count(
      Map<Signal, NavigableSet<Instant>> stale,
      Map<Signal, NavigableSet<Instant>> lessened,
      long upTo) {
    lessened.forEach(hours::clear);
    inParts(stretches(stale)).forEach(part -> countHours(part, stale, upTo));
    Map<Signal, NavigableSet<Instant>> staleDays = daysOf(stale);
    daysOf(lessened).forEach(days::clear);
    countDays(staleDays);
  }

  /** Adds up days of their hours. */
  void countDays(Map<Signal, NavigableSet<Instant>> stale) {
    List<Stretch> ofDays = new ArrayList<>();
    stale.forEach(
        (signal, begins) ->
            begins.forEach(day -> ofDays.add(new Stretch(signal, day, Step.DAY.next(day)))));
    inParts(ofDays).forEach(this::addUpDays);
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

  private void countHours(List<Stretch> part, Map<Signal, NavigableSet<Instant>> stale, long upTo) {
    List<SignalStretch> withTail =
        part.stream()
            .map(
                stretch -> {
                  Signal signal = stretch.signal();
                  Duration tail = aggregation.longest(signal.metric());
                  return new SignalStretch(
                      signal.tenant(),
                      signal.patient(),
                      signal.metric(),
                      stretch.from(),
                      stretch.before().plus(tail).minusNanos(1_000));
                })
            .toList();
    Map<Signal, List<Aggregate>> counted = new HashMap<>();
    numbers.each(
        withTail,
        upTo,
        (n, measured) -> {
          Stretch stretch = part.get(n);
          aggregation.count(stretch.signal().metric(), measured, Step.HOUR).stream()
              .filter(one -> one.begin().isBefore(stretch.before()))
              .filter(one -> stale.get(stretch.signal()).contains(one.begin()))
              .forEach(
                  one ->
                      counted.computeIfAbsent(stretch.signal(), key -> new ArrayList<>()).add(one));
        });
    hours.put(counted);
  }

  private void addUpDays(List<Stretch> part) {
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
