package dev.vigil.telemetry.series;

import dev.vigil.core.Reading;
import dev.vigil.telemetry.aggregate.Aggregate;
import java.util.List;

/**
 * An answer. Nothing is interpolated: where nothing was measured there is no point.
 *
 * @param resolution in which it is told
 * @param readings oldest first, also those that may not be evaluated; empty unless it is raw
 * @param aggregates by unit and then by time, of what may be evaluated; empty if it is raw
 */
public record Series(Resolution resolution, List<Reading> readings, List<Aggregate> aggregates) {

  /** Copies both lists. */
  public Series {
    readings = List.copyOf(readings);
    aggregates = List.copyOf(aggregates);
  }

  /** Hides the values. */
  @Override
  public String toString() {
    return "Series[" + resolution + "]";
  }
}
