package dev.vigil.server.stats;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The figures of <a
 * href="https://hl7.org/fhir/R4/codesystem-observation-statistics.html">observation-statistics</a>
 * that are one number. Quantiles lie between two neighbours in proportion, as the median of four
 * values does; spread is that of a sample, divided by one less than the count.
 */
enum Statistic {
  AVERAGE("average", "Average", Scale.VALUE, Sample::mean),
  MAXIMUM("maximum", "Maximum", Scale.VALUE, sample -> sample.quantile("1")),
  MINIMUM("minimum", "Minimum", Scale.VALUE, sample -> sample.quantile("0")),
  COUNT("count", "Count", Scale.COUNT, sample -> Optional.of(BigDecimal.valueOf(sample.size()))),
  TOTAL_COUNT(
      "total-count",
      "Total Count",
      Scale.COUNT,
      sample -> Optional.of(BigDecimal.valueOf(sample.total()))),
  MEDIAN("median", "Median", Scale.VALUE, sample -> sample.quantile("0.5")),
  STD_DEV(
      "std-dev",
      "Standard Deviation",
      Scale.DIFFERENCE,
      sample -> sample.variance().map(variance -> variance.sqrt(MathContext.DECIMAL64))),
  SUM("sum", "Sum", Scale.VALUE, sample -> Optional.of(sample.sum())),
  VARIANCE("variance", "Variance", Scale.SQUARE, Sample::variance),
  PERCENT_20("20-percent", "20th Percentile", Scale.VALUE, sample -> sample.quantile("0.2")),
  PERCENT_80("80-percent", "80th Percentile", Scale.VALUE, sample -> sample.quantile("0.8")),
  QUARTILE_LOWER("4-lower", "Lower Quartile", Scale.VALUE, sample -> sample.quantile("0.25")),
  QUARTILE_UPPER("4-upper", "Upper Quartile", Scale.VALUE, sample -> sample.quantile("0.75")),
  QUARTILE_DEVIATION(
      "4-dev",
      "Quartile Deviation",
      Scale.DIFFERENCE,
      sample ->
          sample
              .quantile("0.75")
              .flatMap(
                  upper ->
                      sample
                          .quantile("0.25")
                          .map(lower -> upper.subtract(lower).divide(BigDecimal.valueOf(2))))),
  QUINTILE_1("5-1", "1st Quintile", Scale.VALUE, sample -> sample.quantile("0.2")),
  QUINTILE_2("5-2", "2nd Quintile", Scale.VALUE, sample -> sample.quantile("0.4")),
  QUINTILE_3("5-3", "3rd Quintile", Scale.VALUE, sample -> sample.quantile("0.6")),
  QUINTILE_4("5-4", "4th Quintile", Scale.VALUE, sample -> sample.quantile("0.8")),
  SKEW("skew", "Skew", Scale.NONE, Sample::skew),
  KURTOSIS("kurtosis", "Kurtosis", Scale.NONE, Sample::kurtosis),
  GRADIENT("regression", "Gradient", Scale.RATE, sample -> sample.line().map(Sample.Line::perHour)),
  INTERCEPT(
      "regression", "Intercept", Scale.VALUE, sample -> sample.line().map(Sample.Line::atBegin));

  /** What a figure is measured in. */
  enum Scale {
    /** The unit of the values. */
    VALUE,
    /** The same as a difference: without the offset of a scale such as degrees Celsius. */
    DIFFERENCE,
    /** The square of the unit. */
    SQUARE,
    /** The unit per hour. */
    RATE,
    /** How many. */
    COUNT,
    /** No unit at all. */
    NONE
  }

  private final String code;
  private final String display;
  private final Scale scale;
  private final Function<Sample, Optional<BigDecimal>> formula;

  Statistic(
      String code, String display, Scale scale, Function<Sample, Optional<BigDecimal>> formula) {
    this.code = code;
    this.display = display;
    this.scale = scale;
    this.formula = formula;
  }

  /** Those that a code of the code system asks for, two for a regression; empty if unknown. */
  static List<Statistic> of(String code) {
    return Arrays.stream(values()).filter(one -> one.code.equals(code)).toList();
  }

  String code() {
    return code;
  }

  String display() {
    return display;
  }

  Scale scale() {
    return scale;
  }

  /** Empty where there are too few values for it. */
  Optional<BigDecimal> of(Sample sample) {
    return sample.size() == 0 && scale != Scale.COUNT ? Optional.empty() : formula.apply(sample);
  }
}
