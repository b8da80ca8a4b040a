package dev.vigil.server.intake.fast;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.server.access.Tenants;
import dev.vigil.server.fhir.FhirProperties;
import dev.vigil.server.observation.StoredForm;
import dev.vigil.telemetry.device.DeviceOwners;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.reading.Readings;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Filter;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.function.SingletonSupplier;

/** Puts the short way before HAPI's servlet. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FastIntakeProperties.class)
@ConditionalOnProperty(name = "vigil.intake.enabled", matchIfMissing = true)
class FastIntakeConfiguration {

  @Bean
  KnownTexts knownTexts() {
    return new KnownTexts();
  }

  @Bean
  Preparation fastPreparation(
      KnownTexts known, Observations store, EventLog log, DataSource dataSource, Clock clock) {
    return new Preparation(known, store, log, new DeviceOwners(dataSource), clock);
  }

  @Bean(destroyMethod = "close")
  GroupCommit groupCommit(
      FastIntakeProperties properties,
      Preparation preparation,
      PlatformTransactionManager transactions,
      Observations store,
      Readings readings,
      EventLog log,
      Tenants tenants,
      DataSource dataSource) {
    FastWriter writer =
        new FastWriter(
            new TransactionTemplate(transactions),
            store,
            readings,
            log,
            new DeviceOwners(dataSource),
            new StoredTargets(dataSource),
            tenants,
            preparation);
    return new GroupCommit(
        writer::commit,
        properties.queue(),
        properties.group(),
        properties.patience(),
        Duration.ofMillis(20));
  }

  /** Held where Spring Boot does not take it for a filter to register by itself. */
  record Door(FastDoor filter) {}

  @Bean(destroyMethod = "close")
  Lessons observationLessons(
      KnownTexts known, FhirContext context, StoredForm form, ReadingCheck check) {
    return new Lessons(known, new Teacher(known, context, form, check));
  }

  @Bean
  DoorCounts fastDoorCounts(MeterRegistry meters) {
    return new DoorCounts(meters);
  }

  @Bean
  FastLines fastLines(
      Preparation preparation,
      GroupCommit commits,
      Lessons lessons,
      DoorCounts counts,
      PlatformTransactionManager transactions,
      Observations store,
      Tenants tenants,
      DataSource dataSource) {
    UnknownTargets targets =
        new UnknownTargets(
            new TransactionTemplate(transactions), store, new StoredTargets(dataSource), tenants);
    return new FastLines(preparation, commits, lessons, counts, targets);
  }

  @Bean
  Door fastDoor(
      FhirContext context,
      FhirProperties fhir,
      Preparation preparation,
      GroupCommit commits,
      Lessons lessons,
      DoorCounts counts) {
    return new Door(new FastDoor(context, fhir, preparation, commits, lessons, counts));
  }

  /** Asks for the door at the first request, as the servlet behind it does for HAPI. */
  @Bean
  FilterRegistrationBean<Filter> fastDoorBeforeHapi(ObjectProvider<Door> door) {
    Supplier<Door> once = SingletonSupplier.of(door::getObject);
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            (request, response, chain) -> once.get().filter().doFilter(request, response, chain));
    registration.addUrlPatterns("/fhir", "/fhir/*");
    registration.setOrder(Ordered.LOWEST_PRECEDENCE);
    registration.setName("fast-door");
    return registration;
  }
}
