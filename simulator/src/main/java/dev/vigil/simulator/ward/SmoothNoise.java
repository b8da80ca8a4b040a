package dev.vigil.simulator.ward;

import java.time.Duration;
import java.time.Instant;

/**
 * A wandering line without memory: random values at the steps of a period, joined by half cosines.
 * The same seed and moment give the same value, in whatever order one asks.
 */
record SmoothNoise(long seed, Duration period) {

  /** Between -1 and 1. */
  double at(Instant moment) {
    double steps = (double) moment.toEpochMilli() / period.toMillis();
    long step = (long) Math.floor(steps);
    double weight = (1 - Math.cos(Math.PI * (steps - step))) / 2;
    return lattice(step) * (1 - weight) + lattice(step + 1) * weight;
  }

  private double lattice(long step) {
    return (mix(seed ^ mix(step)) >>> 11) * 0x1.0p-52 - 1;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
