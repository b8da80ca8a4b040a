package dev.vigil.server.dashboard;

import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import java.time.Duration;
import java.util.List;

/**
 * Where a signal goes: the newest value against one at least two minutes older, so that the scatter
 * of neighbouring samples is no trend. Public for the templates.
 *
 * @param word {@code rising}, {@code falling}, {@code steady}; empty if nobody can tell
 * @param since the older value and how much older it is; empty if nobody can tell
 */
public record Trend(String word, String since) {

  /** How far back the older value may lie: three samples of a glucose sensor. */
  static final Duration REACH = Duration.ofMinutes(16);

  private static final Trend UNKNOWN = new Trend("", "");
  private static final Duration APART = Duration.ofMinutes(2);

  /** A change below this share of the older value counts as steady. */
  private static final double STEADY = 0.02;

  /**
   * Of a signal's newest readings.
   *
   * @param readings oldest first
   * @return unknown without two good numbers of one unit so far apart
   */
  static Trend of(List<Reading> readings) {
    List<Reading> good =
        readings.stream()
            .filter(reading -> reading.evaluable() && reading.value() instanceof Quantity)
            .toList();
    if (good.isEmpty()) {
      return UNKNOWN;
    }
    Reading last = good.get(good.size() - 1);
    for (int i = good.size() - 2; i >= 0; i--) {
      Duration apart = Duration.between(good.get(i).measuredAt(), last.measuredAt());
      if (apart.compareTo(APART) >= 0) {
        return between((Quantity) good.get(i).value(), (Quantity) last.value(), apart);
      }
    }
    return UNKNOWN;
  }

  private static Trend between(Quantity before, Quantity last, Duration apart) {
    if (!before.unit().equals(last.unit())) {
      return UNKNOWN;
    }
    String since =
        "from "
            + before.value().toPlainString()
            + " in "
            + Math.round(apart.toSeconds() / 60.0)
            + " min";
    double change = last.value().subtract(before.value()).doubleValue();
    if (Math.abs(change) <= STEADY * Math.abs(before.value().doubleValue())) {
      return new Trend("steady", since);
    }
    return new Trend(change > 0 ? "rising" : "falling", since);
  }

  /** Hides the value. */
  @Override
  public String toString() {
    return "Trend[" + word + "]";
  }
}
