package dev.vigil.server.observation.search;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiFhirLocalContainerEntityManagerFactoryBean;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.dao.index.IdHelperService;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.entity.PartitionEntity;
import ca.uhn.fhir.jpa.migrate.DriverTypeEnum;
import ca.uhn.fhir.jpa.migrate.HapiMigrationStorageSvc;
import ca.uhn.fhir.jpa.migrate.SchemaMigrator;
import ca.uhn.fhir.jpa.migrate.dao.HapiMigrationDao;
import ca.uhn.fhir.jpa.migrate.tasks.HapiFhirJpaMigrationTasks;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.cross.IResourceLookup;
import ca.uhn.fhir.jpa.model.cross.JpaResourceLookup;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import ca.uhn.fhir.jpa.model.entity.NormalizedQuantitySearchLevel;
import ca.uhn.fhir.jpa.model.entity.PartitionablePartitionId;
import ca.uhn.fhir.jpa.partition.IPartitionLookupSvc;
import ca.uhn.fhir.jpa.search.builder.SearchBuilder;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.util.VersionEnum;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.TelemetrySchema;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.ObservationState;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PostgresObservations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Meta;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * HAPI's own artifacts with two tenants: in {@link #HAPI} everything lies in HAPI's tables and
 * HAPI's own search builder is asked, in {@link #OURS} the Observations lie in our store and our
 * builders are asked. The same questions have to get the same answers.
 */
final class TwoStores implements AutoCloseable {

  static final TenantId HAPI = new TenantId("hapi");
  static final TenantId OURS = new TenantId("ours");

  private final EmbeddedPostgres postgres;
  private final AnnotationConfigApplicationContext context;
  private final Map<TenantId, RequestPartitionId> partitions = new HashMap<>();

  TwoStores() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
    context = new AnnotationConfigApplicationContext();
    context.registerBean("dataSource", DataSource.class, this::migrated);
    context.register(Beans.class);
    context.refresh();
    partitions.put(HAPI, open(HAPI, 1));
    partitions.put(OURS, open(OURS, 2));
  }

  private DataSource migrated() {
    JdbcClient.create(postgres.getPostgresDatabase()).sql("create schema hapi").update();
    DataSource dataSource =
        postgres.getDatabase("postgres", "postgres", Map.of("currentSchema", "hapi"));
    HapiMigrationStorageSvc storage =
        new HapiMigrationStorageSvc(
            new HapiMigrationDao(
                dataSource,
                DriverTypeEnum.POSTGRES_9_4,
                SchemaMigrator.HAPI_FHIR_MIGRATION_TABLENAME));
    SchemaMigrator migrator =
        new SchemaMigrator(
            "hapi",
            SchemaMigrator.HAPI_FHIR_MIGRATION_TABLENAME,
            dataSource,
            new Properties(),
            new HapiFhirJpaMigrationTasks(Set.of()).getAllTasks(VersionEnum.values()),
            storage);
    migrator.setDriverType(DriverTypeEnum.POSTGRES_9_4);
    migrator.createMigrationTableIfRequired();
    migrator.migrate();
    TelemetrySchema.migrate(dataSource);
    return dataSource;
  }

  private RequestPartitionId open(TenantId tenant, int id) {
    PartitionEntity partition = new PartitionEntity();
    partition.setId(id);
    partition.setName(tenant.value());
    bean(IPartitionLookupSvc.class).createPartition(partition, new SystemRequestDetails());
    return RequestPartitionId.fromPartitionIdAndName(id, tenant.value());
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  @SuppressWarnings("unchecked")
  IFhirSystemDao<Bundle, Meta> systemDao() {
    return context.getBean(IFhirSystemDao.class);
  }

  RequestPartitionId partition(TenantId tenant) {
    return partitions.get(tenant);
  }

  SystemRequestDetails request(TenantId tenant) {
    SystemRequestDetails request = new SystemRequestDetails();
    request.setRequestPartitionId(partition(tenant));
    return request;
  }

  <T> T inTransaction(TenantId tenant, Supplier<T> work) {
    return bean(HapiTransactionService.class)
        .withRequest(request(tenant))
        .withRequestPartitionId(partition(tenant))
        .execute(work::get);
  }

  /** HAPI's own, or ours. */
  @SuppressWarnings("unchecked")
  ISearchBuilder<JpaPid> builder(TenantId tenant, String type) {
    Class<? extends IBaseResource> resourceClass =
        bean(FhirContext.class).getResourceDefinition(type).getImplementingClass();
    if (tenant.equals(OURS)) {
      return (ISearchBuilder<JpaPid>)
          context.getBean(ISearchBuilder.SEARCH_BUILDER_BEAN_NAME, type, resourceClass);
    }
    HapiSearchParts parts = bean(HapiSearchParts.class);
    SearchBuilder builder =
        new SearchBuilder(
            type,
            parts.settings(),
            parts.entityManagerFactory(),
            parts.sql(),
            parts.dialect(),
            parts.searchParameters(),
            parts.partitions(),
            parts.interceptors(),
            parts.tags(),
            parts.daos(),
            parts.context(),
            parts.ids(),
            parts.history(),
            parts.loader(),
            resourceClass);
    context.getAutowireCapableBeanFactory().autowireBean(builder);
    return builder;
  }

  @Override
  public void close() throws IOException {
    context.close();
    postgres.close();
  }

  /** Observations of our tenant have no row of HAPI's. */
  static final class Ids extends IdHelperService {

    private final Observations store;

    Ids(Observations store) {
      this.store = store;
    }

    @Override
    public Map<IIdType, IResourceLookup<JpaPid>> resolveResourceIdentities(
        RequestPartitionId partition, Collection<IIdType> ids, ResolveIdentityMode mode) {
      Map<IIdType, IResourceLookup<JpaPid>> found =
          new HashMap<>(super.resolveResourceIdentities(partition, ids, mode));
      if (partition.hasPartitionId(2)) {
        Set<String> named =
            ids.stream()
                .filter(id -> !id.hasResourceType() || id.getResourceType().equals("Observation"))
                .map(IIdType::getIdPart)
                .collect(Collectors.toSet());
        store.findByIds(OURS, named).values().forEach(state -> add(state, found));
      }
      return found;
    }

    private static void add(ObservationState state, Map<IIdType, IResourceLookup<JpaPid>> found) {
      IdType id = new IdType("Observation", state.id());
      JpaPid pid = SyntheticPid.of(state.key(), 2);
      pid.setAssociatedResourceId(id);
      pid.setVersion(state.version());
      found.put(
          id,
          new JpaResourceLookup(
              "Observation", state.id(), pid, null, PartitionablePartitionId.with(2, null)));
    }
  }

  /** Not marked as a configuration: the server of other tests would find and take it. */
  @Import({
    JpaR4Config.class,
    HapiJpaConfig.class,
    ThreadPoolFactoryConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class,
    SubscriptionChannelConfig.class,
    ObservationSearchConfiguration.class
  })
  static class Beans {

    @Bean
    JpaStorageSettings jpaStorageSettings() {
      JpaStorageSettings settings = new JpaStorageSettings();
      settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
      settings.setAllowExternalReferences(true);
      settings.setHibernateSearchIndexSearchParams(false);
      settings.setPreExpandValueSets(false);
      settings.setReuseCachedSearchResultsForMillis(null);
      settings.setIndexIdentifierOfType(true);
      settings.setMaximumExpansionSize(20_000);
      // Without, HAPI fails on :missing when it has partitions.
      settings.setIndexMissingFields(JpaStorageSettings.IndexEnabledEnum.ENABLED);
      settings.setAllowContainsSearches(true);
      settings.setNormalizedQuantitySearchLevel(
          NormalizedQuantitySearchLevel.NORMALIZED_QUANTITY_SEARCH_SUPPORTED);
      return settings;
    }

    @Bean
    PartitionSettings partitionSettings() {
      PartitionSettings settings = new PartitionSettings();
      settings.setPartitioningEnabled(true);
      settings.setDefaultPartitionId(0);
      return settings;
    }

    @Bean
    SubscriptionSettings subscriptionSettings() {
      return new SubscriptionSettings();
    }

    @Bean
    PartitionTenants partitionTenants() {
      return new PartitionTenants() {
        @Override
        public List<TenantId> of(RequestPartitionId partition) {
          return partition.getPartitionIds().stream().map(id -> id == 2 ? OURS : HAPI).toList();
        }

        @Override
        public RequestPartitionId of(TenantId tenant) {
          return RequestPartitionId.fromPartitionId(tenant.equals(OURS) ? 2 : 1);
        }
      };
    }

    @Bean
    Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    Observations observations(DataSource dataSource, IndexExtractor extractor) {
      return new PostgresObservations(
          dataSource,
          new ObservationPartitions(dataSource),
          extractor,
          (tenant, sequence, shape, json) -> {});
    }

    @Bean("idHelperService")
    @SuppressWarnings("rawtypes")
    IIdHelperService idHelperService(Observations store) {
      return new Ids(store);
    }

    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
        ConfigurableListableBeanFactory beans,
        FhirContext context,
        JpaStorageSettings settings,
        DataSource dataSource) {
      HapiFhirLocalContainerEntityManagerFactoryBean factory =
          (HapiFhirLocalContainerEntityManagerFactoryBean)
              HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, context, settings);
      factory.setPersistenceUnitName("two-stores");
      factory.setDataSource(dataSource);
      Properties properties = new Properties();
      properties.put("hibernate.dialect", HapiFhirPostgresDialect.class.getName());
      properties.put("hibernate.hbm2ddl.auto", "none");
      properties.put(
          "hibernate.archive.scanner", "org.hibernate.boot.archive.scan.internal.DisabledScanner");
      properties.put("hibernate.search.enabled", "false");
      properties.put("hibernate.jdbc.batch_size", "50");
      factory.setJpaProperties(properties);
      return factory;
    }

    @Bean({"hapiTransactionManager", "transactionManager"})
    @Primary
    JpaTransactionManager hapiTransactionManager(EntityManagerFactory entityManagerFactory) {
      return new JpaTransactionManager(entityManagerFactory);
    }
  }
}
