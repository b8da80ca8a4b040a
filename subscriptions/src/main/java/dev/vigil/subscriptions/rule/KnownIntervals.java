package dev.vigil.subscriptions.rule;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.TenantId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Asks for each interval once, and bounds it. Lives as long as one transaction of the reader: later
 * the device may say something else.
 */
final class KnownIntervals implements SamplingIntervals {

  /**
   * What is longer counts as this. Windows are loaded over twice the interval, and there is no
   * continuous signal that is measured less than daily.
   */
  static final Duration LONGEST = Duration.ofDays(1);

  private final SamplingIntervals source;
  private final Map<Question, Duration> answers = new HashMap<>();

  private record Question(TenantId tenant, DeviceId device, Metric metric, Duration otherwise) {}

  KnownIntervals(SamplingIntervals source) {
    this.source = source;
  }

  @Override
  public Duration of(TenantId tenant, DeviceId device, Metric metric, Duration otherwise) {
    return answers.computeIfAbsent(
        new Question(tenant, device, metric, otherwise),
        asked -> {
          Duration interval = source.of(tenant, device, metric, otherwise);
          return interval.compareTo(LONGEST) > 0 ? LONGEST : interval;
        });
  }
}
