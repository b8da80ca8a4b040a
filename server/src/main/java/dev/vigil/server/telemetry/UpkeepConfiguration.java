package dev.vigil.server.telemetry;

import dev.vigil.telemetry.erasure.ErasureSweep;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.upkeep.RepeatedTask;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The repeated tasks of the store. */
@Configuration(proxyBeanMethods = false)
class UpkeepConfiguration {

  private static final int WEEKS_AHEAD = 4;
  private static final Duration ERASURES_EVERY = Duration.ofMinutes(1);
  private static final Duration PARTITIONS_EVERY = Duration.ofHours(6);

  /** So that a write finds its week made, unless it is about the past or the far future. */
  @Bean
  RepeatedTask partitionsAhead(
      ObservationPartitions partitions, Clock clock, MeterRegistry meters) {
    return new RepeatedTask(
        "partitions",
        PARTITIONS_EVERY,
        stopping -> partitions.makeAhead(clock.instant(), WEEKS_AHEAD),
        meters);
  }

  /** What an erasure left behind when it was interrupted. */
  @Bean
  RepeatedTask erasureTask(ErasureSweep sweep, MeterRegistry meters) {
    return new RepeatedTask("erasure", ERASURES_EVERY, sweep::sweep, meters);
  }
}
