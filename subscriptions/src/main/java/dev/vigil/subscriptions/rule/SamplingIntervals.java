package dev.vigil.subscriptions.rule;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.TenantId;
import java.time.Duration;
import java.util.Optional;

/** How often a device measures, from {@code DeviceMetric.measurementPeriod}. */
@FunctionalInterface
public interface SamplingIntervals {

  /** Knows of no device's own interval. */
  SamplingIntervals UNKNOWN = (tenant, device, metric) -> Optional.empty();

  /**
   * The device's own interval.
   *
   * @return positive; empty if the device did not say: then the rule's default counts
   */
  Optional<Duration> of(TenantId tenant, DeviceId device, Metric metric);
}
