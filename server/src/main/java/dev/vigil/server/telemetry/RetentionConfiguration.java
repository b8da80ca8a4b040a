package dev.vigil.server.telemetry;

import dev.vigil.telemetry.aggregate.AggregateRecount;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.retention.LegalHolds;
import dev.vigil.telemetry.retention.Retention;
import dev.vigil.telemetry.retention.RetentionPolicies;
import dev.vigil.telemetry.upkeep.RepeatedTask;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Policies of retention, legal holds, and the task that deletes by them. */
@Configuration(proxyBeanMethods = false)
class RetentionConfiguration {

  @Bean
  LegalHolds legalHolds(
      DataSource dataSource, PlatformTransactionManager transactions, EventLog log, Clock clock) {
    return new LegalHolds(dataSource, new TransactionTemplate(transactions), log, clock);
  }

  @Bean
  RetentionPolicies retentionPolicies(
      DataSource dataSource, PlatformTransactionManager transactions, EventLog log, Clock clock) {
    return new RetentionPolicies(dataSource, new TransactionTemplate(transactions), log, clock);
  }

  @Bean
  Retention retention(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      EventLog log,
      RetentionPolicies policies,
      LegalHolds holds,
      Readings readings,
      Aggregation aggregation,
      Clock clock) {
    TransactionTemplate each = new TransactionTemplate(transactions);
    return new Retention(
        dataSource,
        each,
        log,
        policies,
        holds,
        readings,
        new AggregateRecount(dataSource, each, aggregation),
        clock);
  }

  @Bean
  RepeatedTask retentionTask(
      Retention retention, RetentionProperties properties, MeterRegistry meters) {
    return new RepeatedTask("retention", properties.interval(), retention::run, meters);
  }
}
