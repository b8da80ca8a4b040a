package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import dev.vigil.core.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The valid samples of one patient by metric, in event order whatever order they came in. */
public final class Signals {

  /** Event order; ties in an order that does not depend on arrival. */
  static final Comparator<Reading> EVENT_ORDER =
      Comparator.comparing(Reading::measuredAt)
          .thenComparing(reading -> reading.metric().id())
          .thenComparing(reading -> reading.observation().value())
          .thenComparing(reading -> reading.device().value());

  private final Map<Metric, List<Reading>> byMetric = new LinkedHashMap<>();

  private Signals() {}

  /**
   * Sorts samples. Those that carry a quality flag are left out.
   *
   * @param samples of one patient
   */
  public static Signals of(Collection<Reading> samples) {
    Signals signals = new Signals();
    samples.stream()
        .filter(Reading::evaluable)
        .sorted(EVENT_ORDER)
        .forEach(
            sample ->
                signals
                    .byMetric
                    .computeIfAbsent(sample.metric(), metric -> new ArrayList<>())
                    .add(sample));
    return signals;
  }

  List<Reading> of(Metric metric) {
    return byMetric.getOrDefault(metric, List.of());
  }

  /** Every distinct event time from a moment on, of some metrics. */
  NavigableSet<Instant> momentsFrom(Instant from, Collection<Metric> metrics) {
    NavigableSet<Instant> moments = new TreeSet<>();
    for (Metric metric : metrics) {
      List<Reading> signal = of(metric);
      for (int i = signal.size() - 1; i >= 0; i--) {
        Instant moment = signal.get(i).measuredAt();
        if (moment.isBefore(from)) {
          break;
        }
        moments.add(moment);
      }
    }
    return moments;
  }
}
