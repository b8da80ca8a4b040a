package dev.vigil.server.series;

import dev.vigil.core.Code;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.telemetry.aggregate.Aggregate;
import dev.vigil.telemetry.series.Resolution;
import dev.vigil.telemetry.series.Series;
import dev.vigil.telemetry.series.SeriesQuery;
import dev.vigil.terminology.metric.MetricDefinition;
import dev.vigil.terminology.metric.RangeTable;
import dev.vigil.terminology.metric.ValueRange;
import dev.vigil.terminology.ucum.Ucum;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Type;

/**
 * A series as Parameters: what it is about, then a part {@code point} for each reading or stretch.
 * Every number carries its unit. Where nothing was measured there is no point; between two
 * stretches that do not touch there is a part {@code gap}.
 */
final class SeriesAnswer {

  private final MetricDefinition metric;
  private final SeriesQuery query;
  private final String wanted;

  /**
   * Of one question.
   *
   * @param wanted the unit to convert to; null for the metric's own
   */
  SeriesAnswer(MetricDefinition metric, SeriesQuery query, String wanted) {
    this.metric = metric;
    this.query = query;
    this.wanted = wanted;
  }

  Parameters of(Series series) {
    Parameters answer = new Parameters();
    add(answer, "patient", new Reference("Patient/" + query.patient().value()));
    Code code = metric.codes().get(0);
    add(answer, "code", new Coding(code.system(), code.code(), metric.display()));
    add(answer, "metric", new CodeType(metric.metric().id()));
    add(answer, "start", instant(query.from()));
    add(answer, "end", instant(query.to()));
    if (query.knownAt() != null) {
      add(answer, "at", instant(query.knownAt()));
    }
    add(answer, "resolution", new CodeType(series.resolution().code()));
    series.readings().forEach(reading -> point(answer.addParameter(), reading));
    Aggregate before = null;
    for (Aggregate one : series.aggregates()) {
      if (before != null && before.unit().equals(one.unit())) {
        gap(answer, next(before, series.resolution()), one.begin());
      }
      point(answer.addParameter(), one, series.resolution());
      before = one;
    }
    return answer;
  }

  private void point(ParametersParameterComponent point, Reading reading) {
    point.setName("point");
    part(point, "time", instant(reading.measuredAt()));
    if (reading.value() instanceof Quantity quantity) {
      part(point, "value", quantity(quantity.value(), quantity.unit()));
    } else if (reading.value() instanceof Code code) {
      part(point, "value", new Coding(code.system(), code.code(), null));
    }
    for (SignalQuality quality : reading.quality().stream().sorted().toList()) {
      part(point, "quality", new CodeType(quality.name().toLowerCase(Locale.ROOT)));
    }
  }

  private void point(ParametersParameterComponent point, Aggregate one, Resolution resolution) {
    point.setName("point");
    part(point, "start", instant(one.begin()));
    part(point, "end", instant(next(one, resolution)));
    part(point, "count", new IntegerType(Math.toIntExact(one.count())));
    part(point, "mean", quantity(one.mean(), one.unit()));
    part(point, "minimum", quantity(one.min(), one.unit()));
    part(point, "maximum", quantity(one.max(), one.unit()));
    part(point, "first", quantity(one.first().value(), one.unit()));
    part(point, "last", quantity(one.last().value(), one.unit()));
    List<ValueRange> ranges = RangeTable.standard().of(metric.metric(), one.unit()).ranges();
    for (int i = 0; i < one.inRanges().size(); i++) {
      ParametersParameterComponent range = point.addPart().setName("range");
      range(range, ranges.get(i), one.unit(), one.inRanges().get(i));
    }
  }

  private void range(
      ParametersParameterComponent part, ValueRange range, String unit, Duration time) {
    part(part, "code", new CodeType(range.code()));
    if (range.low() != null) {
      part(part, "low", quantity(range.low(), unit));
    }
    if (range.high() != null) {
      part(part, "high", quantity(range.high(), unit));
    }
    org.hl7.fhir.r4.model.Duration seconds = new org.hl7.fhir.r4.model.Duration();
    seconds.setValue(seconds(time)).setUnit("s").setSystem(Code.UCUM).setCode("s");
    part(part, "time", seconds);
  }

  /** To the microsecond, without zeros at the end. */
  private static BigDecimal seconds(Duration time) {
    BigDecimal micros = BigDecimal.valueOf(time.toNanos() / 1_000);
    BigDecimal seconds = micros.movePointLeft(6).stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }

  private static Instant next(Aggregate one, Resolution resolution) {
    return resolution.step().next(one.begin());
  }

  private static void gap(Parameters answer, Instant from, Instant to) {
    if (from.isBefore(to)) {
      ParametersParameterComponent gap = answer.addParameter().setName("gap");
      part(gap, "start", instant(from));
      part(gap, "end", instant(to));
    }
  }

  private org.hl7.fhir.r4.model.Quantity quantity(BigDecimal value, String unit) {
    boolean converted = wanted != null && Ucum.standard().commensurable(unit, wanted);
    String shown = converted ? wanted : unit;
    return new org.hl7.fhir.r4.model.Quantity()
        .setValue(converted ? Ucum.standard().convert(value, unit, wanted) : value)
        .setUnit(shown)
        .setSystem(Code.UCUM)
        .setCode(shown);
  }

  private static InstantType instant(Instant moment) {
    return new InstantType(moment.truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static void add(Parameters answer, String name, Type value) {
    answer.addParameter().setName(name).setValue(value);
  }

  private static void part(ParametersParameterComponent parameter, String name, Type value) {
    parameter.addPart().setName(name).setValue(value);
  }
}
