package dev.vigil.telemetry.aggregate;

import dev.vigil.core.Metric;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.telemetry.reading.MeasuredNumber;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.PlausibleRange;
import dev.vigil.terminology.metric.RangeTable;
import dev.vigil.terminology.ucum.Ucum;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns readings of one signal into aggregates.
 *
 * <ul>
 *   <li>Only numbers count, and only those that rules may judge: no flag of the device, no test
 *       data, not ahead of our clock.
 *   <li>Values are counted in the canonical unit of the metric. Units that UCUM cannot convert into
 *       each other (glucose in mg/dL and mmol/L) are counted apart.
 *   <li>A sample lasts until the next one of its unit, at most twice the usual sampling interval.
 *       All of that time counts in the stretch in which the sample was measured.
 * </ul>
 */
public final class Aggregation {

  private final MetricCatalog metrics;
  private final RangeTable ranges;
  private final Map<Metric, Duration> longest = new ConcurrentHashMap<>();

  /** By these definitions. */
  public Aggregation(MetricCatalog metrics, RangeTable ranges) {
    this.metrics = metrics;
    this.ranges = ranges;
  }

  /** The unit that values in a unit are counted in: the catalogue's of the same dimension. */
  public String canonicalUnit(Metric metric, String unit) {
    return metrics.range(metric, unit).map(PlausibleRange::unit).orElse(unit);
  }

  /** The catalogue of the metrics. */
  MetricCatalog metrics() {
    return metrics;
  }

  /** How long a sample of a metric lasts at most; zero if its time is not counted. */
  Duration longest(Metric metric) {
    return longest.computeIfAbsent(metric, this::longestOfUnits);
  }

  private Duration longestOfUnits(Metric metric) {
    return metrics.definition(metric).units().stream()
        .map(unit -> longest(ranges.of(metric, unit)))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Duration longest(RangeTable.Row row) {
    return row.interval().multipliedBy(2);
  }

  /**
   * Aggregates of one signal, by unit and then by time. Stretches without a sample are left out.
   *
   * @param readings of one patient and metric in the order of event time, complete for the
   *     stretches that are wanted and for as long after them as a sample may last
   */
  public List<Aggregate> of(Metric metric, List<Reading> readings, Step step) {
    List<MeasuredNumber> measured = new ArrayList<>();
    for (Reading reading : readings) {
      if (reading.value() instanceof Quantity quantity && reading.evaluable()) {
        measured.add(new MeasuredNumber(reading.measuredAt(), quantity.value(), quantity.unit()));
      }
    }
    return count(metric, measured, step);
  }

  /** As {@link #of}, from what counts alone. */
  List<Aggregate> count(Metric metric, List<MeasuredNumber> measured, Step step) {
    Map<String, List<Sample>> byUnit = byUnit(metric, measured);
    List<Aggregate> aggregates = new ArrayList<>();
    byUnit.forEach(
        (unit, samples) -> add(aggregates, unit, ranges.of(metric, unit), samples, step));
    return aggregates;
  }

  /** In canonical units, in the order they are in. */
  Map<String, List<Sample>> byUnit(Metric metric, List<MeasuredNumber> measured) {
    Map<String, List<Sample>> byUnit = new TreeMap<>();
    for (MeasuredNumber one : measured) {
      String unit = canonicalUnit(metric, one.unit());
      byUnit
          .computeIfAbsent(unit, key -> new ArrayList<>())
          .add(new Sample(one.at(), Ucum.standard().convert(one.value(), one.unit(), unit)));
    }
    return byUnit;
  }

  /** The aggregate of one sample that none comes after yet. */
  Aggregate one(Metric metric, String unit, Sample sample, Step step) {
    return one(unit, ranges.of(metric, unit), sample, Instant.MAX, step);
  }

  /** An aggregate whose last sample lasted its longest, now that another comes after that one. */
  Aggregate shorten(Metric metric, Aggregate aggregate, Sample last, Instant next) {
    RangeTable.Row row = ranges.of(metric, aggregate.unit());
    Instant end = last.at().plus(longest(row));
    if (row.ranges().isEmpty() || !next.isBefore(end)) {
      return aggregate;
    }
    List<Duration> times = new ArrayList<>(aggregate.inRanges());
    int range = row.indexOf(last.value());
    times.set(
        range,
        times.get(range).minus(Duration.of(next.until(end, ChronoUnit.MICROS), ChronoUnit.MICROS)));
    return aggregate.with(times);
  }

  private static void add(
      List<Aggregate> aggregates,
      String unit,
      RangeTable.Row ranges,
      List<Sample> samples,
      Step step) {
    Aggregate current = null;
    for (int i = 0; i < samples.size(); i++) {
      Instant next = i + 1 < samples.size() ? samples.get(i + 1).at() : Instant.MAX;
      Aggregate one = one(unit, ranges, samples.get(i), next, step);
      if (current != null && current.begin().equals(one.begin())) {
        current = current.plus(one);
      } else {
        if (current != null) {
          aggregates.add(current);
        }
        current = one;
      }
    }
    if (current != null) {
      aggregates.add(current);
    }
  }

  private static Aggregate one(
      String unit, RangeTable.Row ranges, Sample sample, Instant next, Step step) {
    BigDecimal value = sample.value();
    return new Aggregate(
        step.begin(sample.at()),
        unit,
        1,
        value,
        value.multiply(value),
        value,
        value,
        sample,
        sample,
        inRanges(ranges, sample, next));
  }

  private static List<Duration> inRanges(RangeTable.Row row, Sample sample, Instant next) {
    if (row.ranges().isEmpty()) {
      return List.of();
    }
    Instant end = sample.at().plus(longest(row));
    List<Duration> times = new ArrayList<>(Collections.nCopies(row.ranges().size(), Duration.ZERO));
    times.set(
        row.indexOf(sample.value()),
        Duration.of(
            sample.at().until(end.isBefore(next) ? end : next, ChronoUnit.MICROS),
            ChronoUnit.MICROS));
    return times;
  }
}
