package dev.vigil.server.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected figures were worked out by hand. */
class SampleTest {

  private static final Instant BEGIN = Instant.parse("2024-05-01T10:00:00Z");

  /** An hour between each two. */
  private static Sample hourly(String... values) {
    List<Sample.Point> points = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      points.add(new Sample.Point(new BigDecimal(values[i]), BEGIN.plusSeconds(3_600L * i)));
    }
    return new Sample(points, values.length + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "AVERAGE, 5",
    "MAXIMUM, 9",
    "MINIMUM, 2",
    "COUNT, 8",
    "TOTAL_COUNT, 9",
    "MEDIAN, 4.5",
    "STD_DEV, 2.138089935",
    "SUM, 40",
    "VARIANCE, 4.571428571",
    "PERCENT_20, 4",
    "PERCENT_80, 6.2",
    "QUARTILE_LOWER, 4",
    "QUARTILE_UPPER, 5.5",
    "QUARTILE_DEVIATION, 0.75",
    "QUINTILE_1, 4",
    "QUINTILE_2, 4",
    "QUINTILE_3, 5",
    "QUINTILE_4, 6.2",
    "SKEW, 0.65625",
    "KURTOSIS, 2.78125",
    "GRADIENT, 0.809523810",
    "INTERCEPT, 2.166666667"
  })
  void everyFigureIsTheOneWorkedOutByHand(Statistic statistic, BigDecimal expected) {
    Sample sample = hourly("2", "4", "4", "4", "5", "5", "7", "9");

    assertThat(statistic.of(sample).orElseThrow())
        .isCloseTo(expected, within(new BigDecimal("1e-9")));
  }

  @Test
  void keepsTheDigitsOfWhatWasMeasured() {
    Sample sample = hourly("6.30", "5.1");

    assertThat(Statistic.MAXIMUM.of(sample).orElseThrow().toPlainString()).isEqualTo("6.30");
    assertThat(Statistic.SUM.of(sample).orElseThrow().toPlainString()).isEqualTo("11.40");
  }

  @Test
  void ofNothingOnlyTheCountsAreKnown() {
    Sample nothing = new Sample(List.of(), 3);

    assertThat(Arrays.stream(Statistic.values()).filter(one -> one.of(nothing).isPresent()))
        .containsExactly(Statistic.COUNT, Statistic.TOTAL_COUNT);
    assertThat(Statistic.COUNT.of(nothing).orElseThrow()).isZero();
    assertThat(Statistic.TOTAL_COUNT.of(nothing).orElseThrow()).isEqualByComparingTo("3");
  }

  @Test
  void ofOneValueThereIsNoSpreadAndNoLine() {
    Sample one = hourly("7");

    assertThat(Arrays.stream(Statistic.values()).filter(figure -> figure.of(one).isEmpty()))
        .containsExactly(
            Statistic.STD_DEV,
            Statistic.VARIANCE,
            Statistic.SKEW,
            Statistic.KURTOSIS,
            Statistic.GRADIENT,
            Statistic.INTERCEPT);
  }

  @Test
  void ofEqualValuesTheLineIsFlatAndTheShapeUndefined() {
    Sample same = hourly("4", "4", "4");

    assertThat(Statistic.GRADIENT.of(same).orElseThrow()).isZero();
    assertThat(Statistic.VARIANCE.of(same).orElseThrow()).isZero();
    assertThat(Statistic.SKEW.of(same)).isEmpty();
    assertThat(Statistic.KURTOSIS.of(same)).isEmpty();
  }
}
