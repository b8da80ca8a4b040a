package dev.vigil.telemetry.series;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.telemetry.aggregate.Aggregate;
import dev.vigil.telemetry.aggregate.AggregateReader;
import dev.vigil.telemetry.aggregate.Aggregates;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.aggregate.Step;
import dev.vigil.telemetry.reader.ReaderHealth;
import dev.vigil.telemetry.reading.ReadingHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Answers questions about a signal. Hours and days are the kept ones as long as those are at most
 * five seconds behind the log, else they are counted from the readings. A reader that only lets
 * events gather is asked to go on, and waited for.
 */
public final class SeriesReader {

  /** More readings than this are not read for one answer. */
  public static final int MOST_READINGS = 100_000;

  /** A sample of no metric lasts longer; what comes after the end only ends the last one. */
  private static final Duration TAIL = Duration.ofHours(1);

  private static final Duration FRESH = Duration.ofSeconds(5);

  /** Who is further behind does not let events gather, but cannot keep up. */
  private static final Duration KEEPS_UP = AggregateReader.LONGEST_PACE.plus(FRESH);

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final ReadingHistory history;
  private final Aggregates aggregates;
  private final Aggregation aggregation;
  private final ReaderHealth health;
  private final Consumer<String> hurry;

  /**
   * Over these.
   *
   * @param hurry has the reader of that name go on at once if it lets events gather
   */
  public SeriesReader(
      ReadingHistory history,
      Aggregates aggregates,
      Aggregation aggregation,
      ReaderHealth health,
      Consumer<String> hurry) {
    this.history = history;
    this.aggregates = aggregates;
    this.aggregation = aggregation;
    this.health = health;
    this.hurry = hurry;
  }

  /**
   * The answer.
   *
   * @throws ProblemException if it would take more than {@link #MOST_READINGS} readings, or what
   *     was known then was not kept
   */
  public Series read(SeriesQuery query) {
    long event = query.knownAt() == null ? Long.MAX_VALUE : history.eventAt(query.knownAt());
    Resolution resolution = query.resolution();
    if (resolution == null) {
      List<Reading> some = readings(query, query.from(), query.to(), event, query.points() + 1);
      if (some.size() <= query.points()) {
        return new Series(Resolution.RAW, some, List.of());
      }
      resolution = Resolution.finest(Duration.between(query.from(), query.to()), query.points());
    }
    if (resolution == Resolution.RAW) {
      return new Series(Resolution.RAW, all(query, query.from(), query.to(), event), List.of());
    }
    boolean kept = resolution.kept() && query.knownAt() == null && areFresh();
    return new Series(
        resolution, List.of(), kept ? kept(query, resolution) : counted(query, resolution, event));
  }

  private boolean areFresh() {
    Duration behind = health.behind(AggregateReader.NAME);
    if (behind.compareTo(FRESH) <= 0 || behind.compareTo(KEEPS_UP) > 0) {
      return behind.compareTo(FRESH) <= 0;
    }
    hurry.accept(AggregateReader.NAME);
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (behind.compareTo(FRESH) > 0 && System.nanoTime() < end) {
        Thread.sleep(LOOK_EVERY.toMillis());
        behind = health.behind(AggregateReader.NAME);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return behind.compareTo(FRESH) <= 0;
  }

  private List<Aggregate> kept(SeriesQuery query, Resolution resolution) {
    Instant from = firstBegin(query, resolution.step());
    Instant before = query.to().plusNanos(1_000);
    return resolution == Resolution.HOUR
        ? aggregates.hours(query.tenant(), query.patient(), query.metric(), from, before)
        : aggregates.days(query.tenant(), query.patient(), query.metric(), from, before);
  }

  private List<Aggregate> counted(SeriesQuery query, Resolution resolution, long event) {
    Step step = resolution.step();
    Instant from = firstBegin(query, step);
    Instant end = step.next(step.begin(query.to()));
    return aggregation.of(query.metric(), all(query, from, end.plus(TAIL), event), step).stream()
        .filter(one -> !one.begin().isAfter(query.to()))
        .toList();
  }

  private static Instant firstBegin(SeriesQuery query, Step step) {
    Instant begin = step.begin(query.from());
    return begin.equals(query.from()) ? begin : step.next(begin);
  }

  private List<Reading> all(SeriesQuery query, Instant from, Instant to, long event) {
    List<Reading> found = readings(query, from, to, event, MOST_READINGS + 1);
    if (found.size() > MOST_READINGS) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.TOO_COSTLY,
              "Parameters.parameter.where(name='resolution')",
              "more than " + MOST_READINGS + " readings: ask for less time or for hours or days"));
    }
    return found;
  }

  private List<Reading> readings(
      SeriesQuery query, Instant from, Instant to, long event, int most) {
    return history.knownAt(query.tenant(), query.patient(), query.metric(), from, to, event, most);
  }
}
