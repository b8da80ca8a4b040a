package dev.vigil.server.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.terminology.metric.MetricDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One signal over time. Public for the templates.
 *
 * @param metric its id
 * @param label for people
 * @param unit for people; empty for codes
 * @param json for the chart's script: begin and end in seconds since the epoch, and points, each
 *     seconds since the epoch, good value or null, doubtful value or null; both null where a gap
 *     begins; contains no markup
 * @param rows the same as text, newest first
 * @param values how many values there are in both
 * @param bucket nothing was left out if zero; else of each stretch of that length the lowest and
 *     the highest value
 */
public record ChartView(
    String metric,
    String label,
    String unit,
    String json,
    List<Row> rows,
    int values,
    Duration bucket) {

  /**
   * One value as text, or a gap.
   *
   * @param gap how long nothing came after that moment; null for a value
   */
  public record Row(Instant time, String value, String quality, String gap) {

    /** Hides the value. */
    @Override
    public String toString() {
      return "Row[" + time + "]";
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Nobody sees more on a screen, and nobody reads a longer table. */
  private static final int MOST_VALUES = 600;

  /** Shorter than this is never called a gap. */
  private static final Duration SMALLEST_GAP = Duration.ofMinutes(1);

  /** Steps to each side that tell how often the device measured about then. */
  private static final int NEIGHBOURS = 5;

  /** Hides the values. */
  @Override
  public String toString() {
    return "ChartView[" + metric + "]";
  }

  /** The bucket in words. */
  public String bucketWords() {
    return Ages.words(bucket);
  }

  /**
   * Of a stretch of time up to now; the chart spans all of it, so that a silence at its end shows.
   *
   * @param series oldest first; values in another unit than the newest's stand in the table only
   */
  static ChartView of(
      MetricDefinition definition, List<Reading> series, Duration stretch, Instant now) {
    String unit = definition.coded() ? "" : unit(definition, series);
    boolean thin = series.size() > MOST_VALUES && !definition.coded();
    Duration bucket = thin ? stretch.dividedBy(MOST_VALUES / 2) : Duration.ZERO;
    List<Reading> kept = thin ? extremes(series, bucket) : series;
    boolean[] gaps = gaps(kept);
    List<List<Number>> points = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      Reading reading = kept.get(i);
      if (gaps[i]) {
        Instant before = kept.get(i - 1).measuredAt();
        points.add(point(before.plusMillis(1), null, null));
        rows.add(
            new Row(before, "", "", Ages.words(Duration.between(before, reading.measuredAt()))));
      }
      if (reading.value() instanceof Quantity quantity && quantity.unit().equals(unit)) {
        points.add(
            reading.evaluable()
                ? point(reading.measuredAt(), quantity.value(), null)
                : point(reading.measuredAt(), null, quantity.value()));
      }
      ReadingView view = ReadingView.of(definition.display(), reading);
      rows.add(new Row(reading.measuredAt(), view.value(), view.quality(), null));
    }
    Collections.reverse(rows);
    String shown = ReadingView.unit(unit);
    return new ChartView(
        definition.metric().id(),
        definition.display(),
        shown,
        json(
            Map.of(
                "from",
                now.minus(stretch).getEpochSecond(),
                "to",
                now.getEpochSecond(),
                "points",
                points)),
        rows,
        kept.size(),
        bucket);
  }

  private static List<Number> point(Instant time, Number good, Number doubtful) {
    return Arrays.asList(time.toEpochMilli() / 1000.0, good, doubtful);
  }

  /** The unit of the newest value, since devices may have changed it. */
  private static String unit(MetricDefinition definition, List<Reading> series) {
    for (int i = series.size() - 1; i >= 0; i--) {
      if (series.get(i).value() instanceof Quantity quantity) {
        return quantity.unit();
      }
    }
    return definition.units().get(0);
  }

  /** Real values only, so that no excursion is smoothed away. */
  private static List<Reading> extremes(List<Reading> series, Duration bucket) {
    List<Reading> kept = new ArrayList<>();
    int from = 0;
    while (from < series.size()) {
      long number = bucketOf(series.get(from), bucket);
      int lowest = from;
      int highest = from;
      int to = from;
      for (; to < series.size() && bucketOf(series.get(to), bucket) == number; to++) {
        lowest = number(series.get(to)) < number(series.get(lowest)) ? to : lowest;
        highest = number(series.get(to)) > number(series.get(highest)) ? to : highest;
      }
      kept.add(series.get(Math.min(lowest, highest)));
      if (lowest != highest) {
        kept.add(series.get(Math.max(lowest, highest)));
      }
      from = to;
    }
    return kept;
  }

  private static long bucketOf(Reading reading, Duration bucket) {
    return Math.floorDiv(reading.measuredAt().toEpochMilli(), bucket.toMillis());
  }

  private static double number(Reading reading) {
    return reading.value() instanceof Quantity quantity ? quantity.value().doubleValue() : 0;
  }

  /**
   * Before which readings nothing came for more than twice the usual step about then. What is usual
   * is the longer of the medians of the steps before and after, so that a device which starts to
   * measure more often leaves no gaps behind.
   */
  private static boolean[] gaps(List<Reading> series) {
    long[] steps = new long[series.size()];
    for (int i = 1; i < steps.length; i++) {
      steps[i] =
          Duration.between(series.get(i - 1).measuredAt(), series.get(i).measuredAt()).toMillis();
    }
    boolean[] gaps = new boolean[series.size()];
    for (int i = 1; i < steps.length; i++) {
      long usual =
          Math.max(
              median(steps, Math.max(1, i - NEIGHBOURS), i),
              median(steps, i + 1, Math.min(steps.length, i + 1 + NEIGHBOURS)));
      gaps[i] = usual > 0 && steps[i] > Math.max(2 * usual, SMALLEST_GAP.toMillis());
    }
    return gaps;
  }

  /** Zero if there are none. */
  private static long median(long[] steps, int from, int to) {
    if (from >= to) {
      return 0;
    }
    long[] sorted = Arrays.copyOfRange(steps, from, to);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Within a script element of type application/json only {@code </} could end it early. */
  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value).replace("</", "<\\/");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a chart that is no JSON", e);
    }
  }
}
