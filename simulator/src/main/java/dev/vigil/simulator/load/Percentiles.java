package dev.vigil.simulator.load;

import java.util.List;

/**
 * Nearest-rank percentiles in milliseconds.
 *
 * @param count how many were measured; with none the others are NaN
 */
public record Percentiles(int count, double p50, double p95, double max) {

  /** Of durations in nanoseconds, in any order. */
  public static Percentiles ofNanos(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return new Percentiles(
        sorted.size(), rank(sorted, 0.50), rank(sorted, 0.95), rank(sorted, 1.0));
  }

  private static double rank(List<Long> sorted, double share) {
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, index)) / 1e6;
  }

  @Override
  public String toString() {
    return "n=%d p50=%.1f ms p95=%.1f ms max=%.1f ms".formatted(count, p50, p95, max);
  }
}
