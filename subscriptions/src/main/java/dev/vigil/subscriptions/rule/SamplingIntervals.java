package dev.vigil.subscriptions.rule;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.TenantId;
import java.time.Duration;

/** How often a device measures, from {@code DeviceMetric.measurementPeriod}. */
@FunctionalInterface
public interface SamplingIntervals {

  /**
   * The interval to reckon with.
   *
   * @param otherwise the rule's default: counts where the device does not say
   * @return positive
   */
  Duration of(TenantId tenant, DeviceId device, Metric metric, Duration otherwise);
}
