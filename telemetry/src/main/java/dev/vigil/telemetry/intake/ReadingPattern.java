package dev.vigil.telemetry.intake;

import dev.vigil.core.Metric;
import dev.vigil.core.Quantity;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.PlausibleRange;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

/**
 * One reading that every Observation gives which differs from a checked one in numbers, times,
 * identifiers and ids only.
 */
public final class ReadingPattern {

  private final Metric metric;
  private final ReadingValue value;
  private final Set<SignalQuality> quality;
  private final MetricCatalog catalog;
  private final PlausibleRange range;

  ReadingPattern(
      Metric metric, ReadingValue value, Set<SignalQuality> quality, MetricCatalog catalog) {
    this.metric = metric;
    this.value = value;
    this.quality = Set.copyOf(quality);
    this.catalog = catalog;
    this.range =
        value instanceof Quantity quantity
            ? catalog.range(metric, quantity.unit()).orElseThrow()
            : null;
  }

  /** What is measured. */
  public Metric metric() {
    return metric;
  }

  /** The value in the Observation that was looked at; a code is the same in all of them. */
  public ReadingValue value() {
    return value;
  }

  /** Without what depends on the time. */
  public Set<SignalQuality> quality() {
    return quality;
  }

  /** Whether another Observation gives the same reading but for the number. */
  public boolean alike(ReadingPattern other) {
    boolean sameValue =
        value instanceof Quantity mine && other.value instanceof Quantity its
            ? mine.unit().equals(its.unit())
            : value.equals(other.value);
    return sameValue && metric.equals(other.metric) && quality.equals(other.quality);
  }

  /**
   * The reading's value with another number.
   *
   * @return empty if a working sensor cannot report it
   */
  public Optional<ReadingValue> value(BigDecimal number) {
    String unit = ((Quantity) value).unit();
    Quantity quantity = new Quantity(number, unit);
    boolean plausible =
        unit.equals(range.unit()) ? range.contains(number) : catalog.plausible(metric, quantity);
    return plausible ? Optional.of(quantity) : Optional.empty();
  }
}
