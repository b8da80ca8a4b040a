package dev.vigil.terminology.metric;

import dev.vigil.core.Code;
import dev.vigil.core.Metric;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/**
 * One row of the metric catalogue.
 *
 * @param metric Vigil's name
 * @param display for people, for example {@code Heart rate}
 * @param codes LOINC and MDC codes that mean it; the first is the one Vigil sends
 * @param units UCUM units a reading may have, the preferred one first; empty for a coded metric
 * @param low smallest plausible value in the preferred unit, inclusive; null for a coded metric
 * @param high largest plausible value in the preferred unit, inclusive; null for a coded metric
 */
public record MetricDefinition(
    Metric metric,
    String display,
    List<Code> codes,
    List<String> units,
    BigDecimal low,
    BigDecimal high) {

  /** Refuses null and copies the lists. */
  public MetricDefinition {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(display, "display");
    codes = List.copyOf(codes);
    units = List.copyOf(units);
  }

  /** Whether its values are codes, not numbers. */
  public boolean coded() {
    return units.isEmpty();
  }
}
