package dev.vigil.telemetry.aggregate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The samples of one signal in one stretch of time. Sums are exact decimals.
 *
 * @param begin of the stretch
 * @param unit UCUM, canonical for the metric
 * @param count how many samples, at least one
 * @param sum of the values
 * @param squareSum of the squares of the values
 * @param min the lowest value
 * @param max the highest value
 * @param first the earliest sample
 * @param last the latest sample
 * @param inRanges time in each range of {@code RangeTable}, in its order; empty for metrics without
 */
public record Aggregate(
    Instant begin,
    String unit,
    long count,
    BigDecimal sum,
    BigDecimal squareSum,
    BigDecimal min,
    BigDecimal max,
    Sample first,
    Sample last,
    List<Duration> inRanges) {

  private static final MathContext MEAN = new MathContext(15);

  /** Copies the list. */
  public Aggregate {
    inRanges = List.copyOf(inRanges);
  }

  /** The arithmetic mean of the values, to 15 significant digits. */
  public BigDecimal mean() {
    return sum.divide(BigDecimal.valueOf(count), MEAN);
  }

  /** As if the samples of both had been of one stretch, which begins where this one does. */
  Aggregate plus(Aggregate later) {
    List<Duration> ranges = new ArrayList<>();
    for (int i = 0; i < inRanges.size(); i++) {
      ranges.add(inRanges.get(i).plus(later.inRanges.get(i)));
    }
    return new Aggregate(
        begin,
        unit,
        count + later.count,
        sum.add(later.sum),
        squareSum.add(later.squareSum),
        min.min(later.min),
        max.max(later.max),
        first,
        later.last,
        ranges);
  }

  /** The same of a stretch that begins at another moment. */
  Aggregate from(Instant other) {
    return new Aggregate(other, unit, count, sum, squareSum, min, max, first, last, inRanges);
  }

  /** The same with other times in ranges. */
  Aggregate with(List<Duration> times) {
    return new Aggregate(begin, unit, count, sum, squareSum, min, max, first, last, times);
  }

  /** Hides the values. */
  @Override
  public String toString() {
    return "Aggregate[" + begin + " " + unit + "]";
  }
}
