package dev.vigil.server.intake.fast;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Which way creates of Observations took. */
final class DoorCounts {

  private final Counter observations;
  private final Counter requests;
  private final Counter usual;
  private final Counter refused;

  DoorCounts(MeterRegistry registry) {
    this.observations = registry.counter("vigil.intake.fast.observations");
    this.requests = registry.counter("vigil.intake.requests", "way", "fast");
    this.usual = registry.counter("vigil.intake.requests", "way", "usual");
    this.refused = registry.counter("vigil.intake.requests", "way", "refused");
  }

  void shortWay(int count) {
    requests.increment();
    observations.increment(count);
  }

  void usual() {
    usual.increment();
  }

  void refused() {
    refused.increment();
  }
}
