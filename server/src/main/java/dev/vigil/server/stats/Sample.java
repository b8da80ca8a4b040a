package dev.vigil.server.stats;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The values that figures are made of, all in one unit. */
final class Sample {

  private static final MathContext EXACT = MathContext.DECIMAL128;
  private static final BigDecimal SECONDS_OF_HOUR = BigDecimal.valueOf(3_600);

  private final List<Point> points;
  private final List<BigDecimal> ascending;
  private final int total;

  /**
   * A measured value.
   *
   * @param moment null when it says none
   */
  record Point(BigDecimal value, Instant moment) {}

  /**
   * A straight line through values over time, by least squares.
   *
   * @param atBegin at the moment of the earliest value
   */
  record Line(BigDecimal perHour, BigDecimal atBegin) {}

  /**
   * Of some points.
   *
   * @param total how many Observations there are, those without a value included
   */
  Sample(List<Point> points, int total) {
    this.points = List.copyOf(points);
    this.total = total;
    ascending = points.stream().map(Point::value).sorted().toList();
  }

  int size() {
    return ascending.size();
  }

  int total() {
    return total;
  }

  BigDecimal sum() {
    return ascending.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  Optional<BigDecimal> mean() {
    return size() == 0
        ? Optional.empty()
        : Optional.of(sum().divide(BigDecimal.valueOf(size()), EXACT));
  }

  /**
   * The value that a share of all lies below, in proportion between two neighbours: definition 7 of
   * Hyndman and Fan, The American Statistician 1996;50:361.
   *
   * @param share 0 to 1
   */
  Optional<BigDecimal> quantile(String share) {
    if (size() == 0) {
      return Optional.empty();
    }
    BigDecimal place = new BigDecimal(share).multiply(BigDecimal.valueOf(size() - 1L));
    int below = place.intValue();
    BigDecimal lower = ascending.get(below);
    BigDecimal upper = ascending.get(Math.min(below + 1, size() - 1));
    BigDecimal part = place.subtract(BigDecimal.valueOf(below));
    return Optional.of(
        part.signum() == 0 ? lower : lower.add(upper.subtract(lower).multiply(part)));
  }

  /** Of a sample; empty under two values. */
  Optional<BigDecimal> variance() {
    return size() < 2
        ? Optional.empty()
        : Optional.of(moment(2).divide(BigDecimal.valueOf(size() - 1L), EXACT));
  }

  /** Third moment by the deviation's cube; empty when all values are the same. */
  Optional<BigDecimal> skew() {
    BigDecimal spread = size() == 0 ? BigDecimal.ZERO : mean(2);
    return spread.signum() == 0
        ? Optional.empty()
        : Optional.of(mean(3).divide(spread.multiply(spread.sqrt(EXACT)), EXACT));
  }

  /** Fourth moment by the square of the second: 3 for a normal distribution. */
  Optional<BigDecimal> kurtosis() {
    BigDecimal spread = size() == 0 ? BigDecimal.ZERO : mean(2);
    return spread.signum() == 0
        ? Optional.empty()
        : Optional.of(mean(4).divide(spread.multiply(spread), EXACT));
  }

  private BigDecimal mean(int power) {
    return moment(power).divide(BigDecimal.valueOf(size()), EXACT);
  }

  /** Sum of the powers of what each value is away from the mean. */
  private BigDecimal moment(int power) {
    BigDecimal mean = mean().orElseThrow();
    return ascending.stream()
        .map(value -> value.subtract(mean).pow(power, EXACT))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** Empty unless values of two moments are there. */
  Optional<Line> line() {
    List<Point> timed = points.stream().filter(point -> point.moment() != null).toList();
    Optional<Instant> begin = timed.stream().map(Point::moment).min(Comparator.naturalOrder());
    if (begin.isEmpty()) {
      return Optional.empty();
    }
    BigDecimal count = BigDecimal.valueOf(timed.size());
    BigDecimal sumX = BigDecimal.ZERO;
    BigDecimal sumY = BigDecimal.ZERO;
    BigDecimal sumXx = BigDecimal.ZERO;
    BigDecimal sumXy = BigDecimal.ZERO;
    for (Point point : timed) {
      BigDecimal x = hours(begin.get(), point.moment());
      sumX = sumX.add(x);
      sumY = sumY.add(point.value());
      sumXx = sumXx.add(x.multiply(x, EXACT));
      sumXy = sumXy.add(x.multiply(point.value(), EXACT));
    }
    BigDecimal divisor = count.multiply(sumXx).subtract(sumX.multiply(sumX));
    if (timed.stream().map(Point::moment).distinct().count() < 2) {
      return Optional.empty();
    }
    BigDecimal perHour = count.multiply(sumXy).subtract(sumX.multiply(sumY)).divide(divisor, EXACT);
    return Optional.of(
        new Line(perHour, sumY.subtract(perHour.multiply(sumX)).divide(count, EXACT)));
  }

  private static BigDecimal hours(Instant begin, Instant moment) {
    Duration since = Duration.between(begin, moment);
    return BigDecimal.valueOf(since.getSeconds())
        .add(BigDecimal.valueOf(since.getNano(), 9))
        .divide(SECONDS_OF_HOUR, EXACT);
  }
}
