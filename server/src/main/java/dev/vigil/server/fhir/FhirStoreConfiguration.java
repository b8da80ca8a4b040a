package dev.vigil.server.fhir;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.IDaoRegistry;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.model.HistoryCountModeEnum;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.cache.ISearchParamIdentityCacheSvc;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.JpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.dao.ITransactionProcessorVersionAdapter;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import dev.vigil.server.observation.ObservationStoreBeans;
import dev.vigil.server.observation.search.ObservationSearchConfiguration;
import jakarta.persistence.EntityManagerFactory;
import java.util.Properties;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.utilities.graphql.IGraphQLStorageServices;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * HAPI FHIR JPA on our DataSource. Our beans stand here, since of two definitions the later wins.
 */
@Configuration(proxyBeanMethods = false)
@Import({
  JpaR4Config.class,
  HapiJpaConfig.class,
  ThreadPoolFactoryConfig.class,
  JpaBatch2Config.class,
  Batch2JobsConfig.class,
  SubscriptionChannelConfig.class,
  ObservationStoreBeans.class,
  ObservationSearchConfiguration.class
})
class FhirStoreConfiguration {

  @Bean
  JpaStorageSettings jpaStorageSettings() {
    JpaStorageSettings settings = new JpaStorageSettings();
    settings.setResourceServerIdStrategy(JpaStorageSettings.IdStrategyEnum.UUID);
    settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
    settings.setAllowMultipleDelete(false);
    settings.setExpungeEnabled(false);
    settings.setDeleteExpungeEnabled(false);
    settings.setAllowExternalReferences(true);
    settings.setEnforceReferentialIntegrityOnWrite(true);
    settings.setAutoCreatePlaceholderReferenceTargets(false);
    settings.setHibernateSearchIndexSearchParams(false);
    settings.setMarkResourcesForReindexingUponSearchParameterChange(true);
    settings.setPreExpandValueSets(false);
    settings.setMaximumExpansionSize(20_000);
    settings.setReuseCachedSearchResultsForMillis(null);
    // Its count is of all tenants, and as old as a minute; ours comes with each page.
    settings.setHistoryCountMode(HistoryCountModeEnum.COUNT_DISABLED);
    settings.setResourceMetaCountHardLimit(1_000);
    return settings;
  }

  @Bean
  PartitionSettings partitionSettings() {
    PartitionSettings settings = new PartitionSettings();
    settings.setPartitioningEnabled(true);
    settings.setDefaultPartitionId(TenantPartitions.SHARED_PARTITION);
    settings.setAllowReferencesAcrossPartitions(
        PartitionSettings.CrossPartitionReferenceMode.NOT_ALLOWED);
    return settings;
  }

  /**
   * Of the message broker that HAPI's batch jobs need; Vigil delivers subscriptions from its log.
   */
  @Bean
  SubscriptionSettings subscriptionSettings() {
    return new SubscriptionSettings();
  }

  @Bean
  LocalContainerEntityManagerFactoryBean entityManagerFactory(
      ConfigurableListableBeanFactory beans,
      FhirContext context,
      JpaStorageSettings settings,
      DataSource dataSource) {
    LocalContainerEntityManagerFactoryBean factory =
        HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, context, settings);
    factory.setPersistenceUnitName("vigil");
    factory.setDataSource(dataSource);
    Properties properties = new Properties();
    properties.put("hibernate.dialect", HapiFhirPostgresDialect.class.getName());
    properties.put("hibernate.hbm2ddl.auto", "none");
    properties.put(
        "hibernate.archive.scanner", "org.hibernate.boot.archive.scan.internal.DisabledScanner");
    properties.put("hibernate.search.enabled", "false");
    properties.put("hibernate.jdbc.batch_size", "50");
    properties.put("hibernate.order_inserts", "true");
    properties.put("hibernate.order_updates", "true");
    properties.put("hibernate.cache.use_query_cache", "false");
    properties.put("hibernate.cache.use_second_level_cache", "false");
    properties.put("hibernate.boot.allow_jdbc_metadata_access", "true");
    factory.setJpaProperties(properties);
    return factory;
  }

  @Bean({"hapiTransactionManager", "transactionManager"})
  @Primary
  JpaTransactionManager hapiTransactionManager(EntityManagerFactory entityManagerFactory) {
    return new JpaTransactionManager(entityManagerFactory);
  }

  @Bean
  BackgroundWork backgroundWork(ISearchParamIdentityCacheSvc identities) {
    return new BackgroundWork(identities);
  }

  @Bean
  ITransactionProcessorVersionAdapter<Bundle, Bundle.BundleEntryComponent>
      transactionProcessorVersionFacade() {
    return new OutcomeKeepingTransactionAdapter();
  }

  /** In the place of HAPI's, under its name. */
  @Bean
  IGraphQLStorageServices graphqlStorageServices() {
    return new GraphQlLists();
  }

  /** In the place of HAPI's, of whose type there may be one only. */
  @Bean(JpaConfig.GRAPHQL_PROVIDER_NAME)
  GraphQlQueries graphQlQueries(
      FhirContext context,
      IValidationSupport validationSupport,
      IGraphQLStorageServices storage,
      ISearchParamRegistry searchParameters,
      IDaoRegistry daos) {
    return new GraphQlQueries(context, validationSupport, storage, searchParameters, daos);
  }
}
