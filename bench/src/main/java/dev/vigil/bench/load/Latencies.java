package dev.vigil.bench.load;

import java.util.Arrays;
import java.util.Locale;

/**
 * Nearest-rank percentiles in milliseconds.
 *
 * @param count how many were measured; with none the others are NaN
 */
public record Latencies(int count, double p50, double p95, double max) {

  /** Of durations in nanoseconds. */
  public static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latencies(sorted.length, rank(sorted, 0.50), rank(sorted, 0.95), rank(sorted, 1.0));
  }

  private static double rank(long[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / 1e6;
  }

  /** {@code p50 / p95}. */
  public String text() {
    return number(p50) + " / " + number(p95);
  }

  private static String number(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.1f" : "%.0f", millis);
  }
}
