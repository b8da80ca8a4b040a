package dev.vigil.server.direct;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.search.cache.ISearchCacheSvc;
import dev.vigil.server.fhir.FhirEndpoint;
import dev.vigil.server.fhir.FhirProperties;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.server.observation.search.ObservationFilters;
import dev.vigil.telemetry.observation.Observations;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Filter;
import java.time.Clock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.function.SingletonSupplier;

/** Puts the short way of reads before HAPI's servlet. */
@Configuration(proxyBeanMethods = false)
class DirectReadConfiguration {

  @Bean
  KnownInterceptors knownInterceptors(
      IInterceptorService store, ObjectProvider<FhirEndpoint> endpoint) {
    return new KnownInterceptors(store, SingletonSupplier.of(() -> endpoint.getObject().server()));
  }

  @Bean
  SavedSearches savedSearches(
      FhirContext context,
      PartitionTenants partitions,
      DataSource dataSource,
      PlatformTransactionManager transactions) {
    return new SavedSearches(
        JdbcClient.create(dataSource), new TransactionTemplate(transactions), partitions, context);
  }

  /** Whoever asks for searches that were left gets this one, which asks HAPI's first. */
  @Bean
  @Primary
  ISearchCacheSvc searchesLeftBehind(
      @Qualifier("searchCacheSvc") ISearchCacheSvc hapi,
      SavedSearches saved,
      JpaStorageSettings settings,
      Clock clock) {
    return new SearchesLeftBehind(hapi, saved, settings, clock);
  }

  /** Held where Spring Boot does not take it for a filter to register by itself. */
  record Door(DirectDoor filter) {}

  @Bean
  Door directDoor(
      FhirContext context,
      FhirProperties properties,
      Observations store,
      PartitionTenants partitions,
      ObservationFilters filters,
      KnownInterceptors interceptors,
      SavedSearches saved,
      PlatformTransactionManager transactions,
      MeterRegistry meters,
      Clock clock) {
    DirectReads reads =
        new DirectReads(
            context,
            store,
            partitions,
            filters,
            saved,
            new TransactionTemplate(transactions),
            clock);
    return new Door(new DirectDoor(reads, interceptors, properties, meters));
  }

  /** Asks for the door at the first request, as the servlet behind it does for HAPI. */
  @Bean
  FilterRegistrationBean<Filter> directDoorBeforeHapi(ObjectProvider<Door> door) {
    Supplier<Door> once = SingletonSupplier.of(door::getObject);
    FilterRegistrationBean<Filter> registration =
        new FilterRegistrationBean<>(
            (request, response, chain) -> once.get().filter().doFilter(request, response, chain));
    registration.addUrlPatterns("/fhir/Observation", "/fhir/Observation/*");
    registration.setOrder(Ordered.LOWEST_PRECEDENCE);
    registration.setName("direct-reads");
    return registration;
  }
}
