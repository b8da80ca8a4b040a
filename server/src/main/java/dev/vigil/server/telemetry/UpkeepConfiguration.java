package dev.vigil.server.telemetry;

import dev.vigil.telemetry.erasure.ErasureSweep;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.WeekPacking;
import dev.vigil.telemetry.upkeep.RepeatedTask;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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

  @Bean
  WeekPacking weekPacking(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      Clock clock,
      PackingProperties properties) {
    return new WeekPacking(
        dataSource, new TransactionTemplate(transactions), clock, properties.after());
  }

  /** Weeks that nobody writes to any more take a fifth of the place. */
  @Bean
  RepeatedTask packingTask(
      WeekPacking packing, PackingProperties properties, MeterRegistry meters) {
    Counter packed = Counter.builder("vigil.packing.weeks").register(meters);
    return new RepeatedTask(
        "packing",
        properties.interval(),
        stopping -> packed.increment(packing.run(stopping)),
        meters);
  }

  /** What an erasure left behind when it was interrupted. */
  @Bean
  RepeatedTask erasureTask(ErasureSweep sweep, MeterRegistry meters) {
    return new RepeatedTask("erasure", ERASURES_EVERY, sweep::sweep, meters);
  }
}
