package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.config.HapiFhirLocalContainerEntityManagerFactoryBean;
import ca.uhn.fhir.jpa.config.HibernatePropertiesProvider;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.dao.SearchBuilderFactory;
import ca.uhn.fhir.jpa.dao.data.IResourceHistoryTableDao;
import ca.uhn.fhir.jpa.dao.data.IResourceTagDao;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.jpa.search.BatchResourceLoader;
import ca.uhn.fhir.jpa.search.builder.sql.SqlObjectFactory;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.term.api.ITermReadSvc;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.server.observation.SearchAtMoment;
import dev.vigil.server.observation.StoredContents;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.Observations;
import java.time.Clock;
import javax.sql.DataSource;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;

/**
 * Puts our search builder in the place of HAPI's. To be imported behind HAPI's configuration: of
 * two definitions of a name the later wins.
 */
public final class ObservationSearchConfiguration {

  private final ObjectProvider<HapiSearchParts> parts;
  private final ObjectProvider<ObservationSearches> searches;

  ObservationSearchConfiguration(
      ObjectProvider<HapiSearchParts> parts, ObjectProvider<ObservationSearches> searches) {
    this.parts = parts;
    this.searches = searches;
  }

  /**
   * A builder for one search.
   *
   * @param type null for searches over all types, which see no Observations
   */
  @Bean(ISearchBuilder.SEARCH_BUILDER_BEAN_NAME)
  @Scope("prototype")
  ISearchBuilder<JpaPid> searchBuilder(String type, Class<? extends IBaseResource> resourceClass) {
    return SyntheticPid.TYPE.equals(type)
        ? new ObservationSearchBuilder(parts.getObject(), searches.getObject())
        : new BothStoresSearchBuilder(type, resourceClass, parts.getObject(), searches.getObject());
  }

  @Bean
  IndexExtractor observationIndexExtractor(FhirContext context, ISearchParamRegistry registry) {
    return new HapiIndexExtractor(context, registry);
  }

  @Bean
  HapiSearchParts hapiSearchParts(
      JpaStorageSettings settings,
      HapiFhirLocalContainerEntityManagerFactoryBean entityManagerFactory,
      SqlObjectFactory sql,
      HibernatePropertiesProvider dialect,
      ISearchParamRegistry searchParameters,
      PartitionSettings partitions,
      IInterceptorBroadcaster interceptors,
      IResourceTagDao tags,
      DaoRegistry daos,
      FhirContext context,
      IIdHelperService<JpaPid> ids,
      IResourceHistoryTableDao history,
      BatchResourceLoader loader) {
    return new HapiSearchParts(
        settings,
        entityManagerFactory,
        sql,
        dialect,
        searchParameters,
        partitions,
        interceptors,
        tags,
        daos,
        context,
        ids,
        history,
        loader);
  }

  @Bean
  SearchAtMoment searchAtMoment(
      ObservationSearches searches,
      IndexExtractor extractor,
      FhirContext context,
      ISearchParamRegistry registry,
      DataSource dataSource,
      Observations observations,
      IInterceptorBroadcaster interceptors,
      HapiTransactionService transactions,
      IRequestPartitionHelperSvc partitions,
      Clock clock) {
    return new MomentSearch(
        searches,
        extractor,
        new StoredContents(context, registry, dataSource, observations),
        new MomentQuestions(searches.parameters(), clock),
        interceptors,
        transactions,
        partitions);
  }

  @Bean
  ObservationFilters observationFilters(ObservationSearches searches) {
    return new ObservationFilters(searches);
  }

  @Bean
  ObservationSearches observationSearches(
      Observations observations,
      IndexExtractor extractor,
      FhirContext context,
      ISearchParamRegistry registry,
      IIdHelperService<JpaPid> ids,
      MatchUrlService urls,
      SearchBuilderFactory<JpaPid> builders,
      IValidationSupport validationSupport,
      ITermReadSvc terminology,
      JpaStorageSettings settings,
      PartitionSettings partitionSettings,
      PartitionTenants partitionTenants,
      DataSource dataSource,
      Clock clock) {
    return new ObservationSearches(
        observations,
        extractor,
        context,
        registry,
        ids,
        urls,
        builders,
        validationSupport,
        terminology,
        settings,
        partitionSettings,
        partitionTenants,
        dataSource,
        clock);
  }
}
