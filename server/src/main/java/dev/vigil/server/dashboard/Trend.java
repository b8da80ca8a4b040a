package dev.vigil.server.dashboard;

import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import java.util.List;

/** Where a signal goes: the newest value against the one before. */
final class Trend {

  /** A change below this share of the older value counts as steady. */
  private static final double STEADY = 0.02;

  private Trend() {}

  /**
   * In words.
   *
   * @param readings oldest first
   * @return {@code rising}, {@code falling} or {@code steady}; empty with fewer than two numbers of
   *     one unit
   */
  static String of(List<Reading> readings) {
    List<Quantity> numbers =
        readings.stream()
            .filter(Reading::evaluable)
            .filter(reading -> reading.value() instanceof Quantity)
            .map(reading -> (Quantity) reading.value())
            .toList();
    if (numbers.size() < 2) {
      return "";
    }
    Quantity last = numbers.get(numbers.size() - 1);
    Quantity before = numbers.get(numbers.size() - 2);
    if (!last.unit().equals(before.unit())) {
      return "";
    }
    double change = last.value().subtract(before.value()).doubleValue();
    if (Math.abs(change) <= STEADY * Math.abs(before.value().doubleValue())) {
      return "steady";
    }
    return change > 0 ? "rising" : "falling";
  }
}
