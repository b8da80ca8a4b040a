package dev.vigil.telemetry.reading;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.Code;
import dev.vigil.core.Quantity;
import dev.vigil.core.SignalQuality;
import dev.vigil.telemetry.intake.MeasuredValue;
import dev.vigil.telemetry.observation.ShapeSample;
import dev.vigil.terminology.metric.MetricCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;

/**
 * One reading that every Observation of a shape gives.
 *
 * @param ordinal which of the shape's readings, from 0
 * @param metric what is measured; {@link #ASK} if each Observation has to be asked
 * @param leaf the leaf that holds the number; null for a code
 * @param unit of the number; null for a code
 * @param system of the code; null for a number
 * @param code the code; null for a number
 * @param quality what the device says against the sample
 * @param spans whether its time may be a period, whose end counts
 */
record ShapeReading(
    int ordinal,
    String metric,
    Integer leaf,
    String unit,
    String system,
    String code,
    Set<SignalQuality> quality,
    boolean spans) {

  /**
   * In the place of a metric: the shape does not tell, each of its Observations has to be asked.
   */
  static final String ASK = "*";

  /** A longer text is no part of a shape. */
  private static final int LONGEST = 250;

  ShapeReading {
    quality = Set.copyOf(quality);
  }

  /** The readings of the Observations of a shape; empty if they are no device readings. */
  static List<ShapeReading> of(String json, MetricCatalog catalog) {
    Observation observation = parse(json);
    List<MeasuredValue> measured = MeasuredValue.of(observation, catalog);
    if (measured.isEmpty()) {
      return List.of();
    }
    boolean spans = observation.getEffective() instanceof Period;
    ShapeSample sample = ShapeSample.of(json);
    List<MeasuredValue> numbered =
        sample.whole() ? List.of() : MeasuredValue.of(parse(sample.numbered()), catalog);
    List<ShapeReading> readings = new ArrayList<>();
    for (int i = 0; i < numbered.size(); i++) {
      MeasuredValue value = numbered.get(i);
      if (value.value() instanceof Quantity quantity) {
        readings.add(
            new ShapeReading(
                i,
                value.metric().id(),
                sample.leafOf(quantity.value().longValue()).orElseThrow(),
                quantity.unit(),
                null,
                null,
                value.quality(),
                spans));
      } else if (value.value() instanceof Code code) {
        readings.add(
            new ShapeReading(
                i,
                value.metric().id(),
                null,
                null,
                code.system(),
                code.code(),
                value.quality(),
                spans));
      }
    }
    boolean told =
        readings.size() == measured.size() && readings.stream().noneMatch(ShapeReading::outgrown);
    return told
        ? readings
        : List.of(new ShapeReading(0, ASK, null, null, null, null, Set.of(), true));
  }

  /** Whether a text of it may stand in a leaf. */
  private boolean outgrown() {
    return longer(unit) || longer(system) || longer(code);
  }

  private static boolean longer(String text) {
    return text != null && text.length() > LONGEST;
  }

  /** Whether each Observation of its shape has to be asked. */
  static boolean asked(String json) {
    return ShapeSample.of(json).whole();
  }

  static Observation parse(String json) {
    return FhirContext.forR4Cached().newJsonParser().parseResource(Observation.class, json);
  }
}
