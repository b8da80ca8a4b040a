package dev.vigil.telemetry.aggregate;

import dev.vigil.telemetry.reading.MeasuredNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Adds samples to the rows of one step without reading those counted before. That is exact where
 * they are later than all that is counted around them: only the one before lasts less long then.
 */
final class Extension {

  /** Samples that lie further apart are counted anew. */
  private static final Duration WIDEST = Duration.ofDays(2);

  private final Aggregation aggregation;
  private final AggregateTable table;
  private final Step step;

  Extension(Aggregation aggregation, AggregateTable table, Step step) {
    this.aggregation = aggregation;
    this.table = table;
    this.step = step;
  }

  /**
   * Adds in the caller's transaction.
   *
   * @param added new samples of each signal, in order
   * @return the signals whose rows are complete now; those of the others are as they were
   */
  Set<Signal> extend(Map<Signal, List<MeasuredNumber>> added) {
    List<Stretch> around = new ArrayList<>();
    added.forEach(
        (signal, samples) -> {
          Instant first = samples.get(0).at();
          Instant last = samples.get(samples.size() - 1).at();
          if (Duration.between(first, last).compareTo(WIDEST) < 0) {
            Duration longest = aggregation.longest(signal.metric());
            around.add(
                new Stretch(
                    signal,
                    step.begin(first.minus(longest)),
                    step.next(step.begin(last.plus(longest)))));
          }
        });
    if (around.isEmpty()) {
      return Set.of();
    }
    Map<Signal, List<Aggregate>> kept = table.read(around);
    Map<Signal, List<Aggregate>> extended = new HashMap<>();
    for (Stretch stretch : around) {
      Signal signal = stretch.signal();
      extend(signal, kept.getOrDefault(signal, List.of()), added.get(signal))
          .ifPresent(rows -> extended.put(signal, rows));
    }
    table.put(extended);
    return extended.keySet();
  }

  private Optional<List<Aggregate>> extend(
      Signal signal, List<Aggregate> kept, List<MeasuredNumber> added) {
    List<Aggregate> changed = new ArrayList<>();
    Map<String, List<Sample>> byUnit = aggregation.byUnit(signal.metric(), added);
    for (Map.Entry<String, List<Sample>> unit : byUnit.entrySet()) {
      NavigableMap<Instant, Aggregate> rows =
          kept.stream()
              .filter(row -> row.unit().equals(unit.getKey()))
              .collect(
                  Collectors.toMap(
                      Aggregate::begin, row -> row, (one, other) -> one, TreeMap::new));
      Sample last = rows.isEmpty() ? null : rows.lastEntry().getValue().last();
      NavigableMap<Instant, Aggregate> touched = new TreeMap<>();
      for (Sample sample : unit.getValue()) {
        if (last != null && !sample.at().isAfter(last.at())) {
          return Optional.empty();
        }
        if (last != null) {
          Instant begin = step.begin(last.at());
          Aggregate shortened =
              aggregation.shorten(
                  signal.metric(), touched.getOrDefault(begin, rows.get(begin)), last, sample.at());
          touched.put(begin, shortened);
        }
        Aggregate one = aggregation.one(signal.metric(), unit.getKey(), sample, step);
        Aggregate before = touched.getOrDefault(one.begin(), rows.get(one.begin()));
        touched.put(one.begin(), before == null ? one : before.plus(one));
        last = sample;
      }
      changed.addAll(touched.values());
    }
    return Optional.of(changed);
  }
}
