package dev.vigil.server.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.terminology.metric.MetricDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One signal over time. Public for the templates.
 *
 * @param metric its id
 * @param label for people
 * @param unit UCUM; empty for codes
 * @param json points and gap length for the chart's script; contains no markup
 * @param rows the same values as text, newest first
 */
public record ChartView(String metric, String label, String unit, String json, List<Row> rows) {

  /** One value as text. */
  public record Row(Instant time, String value, String quality) {

    /** Hides the value. */
    @Override
    public String toString() {
      return "Row[" + time + "]";
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A gap is drawn after twice the usual distance of samples, at least this long. */
  private static final Duration SMALLEST_GAP = Duration.ofMinutes(1);

  /** Hides the values. */
  @Override
  public String toString() {
    return "ChartView[" + metric + "]";
  }

  static ChartView of(MetricDefinition definition, List<Reading> series) {
    String unit = definition.coded() ? "" : unit(definition, series);
    List<List<Number>> points = new ArrayList<>();
    for (Reading reading : series) {
      if (reading.value() instanceof Quantity quantity && quantity.unit().equals(unit)) {
        points.add(List.of(reading.measuredAt().toEpochMilli() / 1000.0, quantity.value()));
      }
    }
    List<Row> rows =
        series.stream()
            .map(r -> new Row(r.measuredAt(), Ward.value(r), quality(r)))
            .collect(Collectors.toList());
    Collections.reverse(rows);
    return new ChartView(
        definition.metric().id(),
        definition.display(),
        unit,
        json(
            Map.of(
                "label",
                definition.display(),
                "unit",
                unit,
                "gapSeconds",
                gap(series).toSeconds(),
                "points",
                points)),
        rows);
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

  private static Duration gap(List<Reading> series) {
    List<Duration> steps = new ArrayList<>();
    for (int i = 1; i < series.size(); i++) {
      steps.add(Duration.between(series.get(i - 1).measuredAt(), series.get(i).measuredAt()));
    }
    if (steps.isEmpty()) {
      return SMALLEST_GAP;
    }
    Collections.sort(steps);
    Duration gap = steps.get(steps.size() / 2).multipliedBy(2);
    return gap.compareTo(SMALLEST_GAP) < 0 ? SMALLEST_GAP : gap;
  }

  private static String quality(Reading reading) {
    return reading.quality().stream()
        .map(q -> q.name().toLowerCase())
        .sorted()
        .collect(Collectors.joining(", "));
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
