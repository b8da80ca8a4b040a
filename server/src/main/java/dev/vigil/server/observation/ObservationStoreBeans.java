package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDaoObservation;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.config.JpaConfig;
import ca.uhn.fhir.jpa.dao.HistoryBuilder;
import ca.uhn.fhir.jpa.dao.HistoryBuilderFactory;
import ca.uhn.fhir.jpa.dao.MatchResourceUrlService;
import ca.uhn.fhir.jpa.dao.TransactionProcessor;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.jpa.search.PersistedJpaBundleProviderFactory;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.extractor.ISearchParamExtractorSvc;
import ca.uhn.fhir.jpa.searchparam.extractor.ISearchParamWithInlineReferencesExtractor;
import ca.uhn.fhir.jpa.searchparam.matcher.SearchParamMatcher;
import ca.uhn.fhir.rest.api.server.storage.IDeleteExpungeJobSubmitter;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import dev.vigil.telemetry.observation.Observations;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;

/**
 * The beans that stand in the place of HAPI's, under HAPI's names. To be imported after HAPI's
 * configurations, since of two definitions the later wins.
 */
public class ObservationStoreBeans {

  private final Observations store;
  private final PartitionTenants tenants;

  ObservationStoreBeans(Observations store, PartitionTenants tenants) {
    this.store = store;
    this.tenants = tenants;
  }

  /** Raw, since HAPI asks for it with type arguments of several kinds. */
  @Bean
  @SuppressWarnings("rawtypes")
  IIdHelperService idHelperService() {
    return new ObservationIds(store, tenants);
  }

  @Bean
  ObservationDeleteConflicts deleteConflictService(JpaStorageSettings settings) {
    return new ObservationDeleteConflicts(store, tenants, settings);
  }

  @Bean
  MatchUrlService matchUrlService() {
    return new ConditionUrls();
  }

  @Bean
  PersistedJpaBundleProviderFactory persistedJpaBundleProviderFactory(
      @Lazy HistoryBuilderFactory builders, HapiTransactionService transactions) {
    return new CountedHistories(builders, transactions);
  }

  @Bean
  ObservationJson observationJson(FhirContext context) {
    return new ObservationJson(context);
  }

  @Bean
  Conditions observationConditions(
      FhirContext context,
      MatchUrlService urls,
      SearchParamMatcher matcher,
      IInterceptorBroadcaster hooks) {
    return new Conditions(context, urls, matcher, hooks);
  }

  @Bean
  ObservationLinks observationLinks(
      FhirContext context,
      @Lazy ISearchParamWithInlineReferencesExtractor inline,
      ISearchParamExtractorSvc extractor,
      IIdHelperService<JpaPid> ids) {
    return new ObservationLinks(context, inline, extractor, ids, store);
  }

  @Bean
  HistoryPages historyPages(
      PersistedJpaBundleProviderFactory pages,
      HistoryBuilderFactory builders,
      HapiTransactionService transactions) {
    return new HistoryPages(pages, builders, transactions);
  }

  /** Holds HAPI's own DAO: not a bean itself, see there. */
  @Bean
  HapiParts hapiPartsOfObservations(
      FhirContext context,
      JpaStorageSettings settings,
      IInterceptorBroadcaster hooks,
      HapiTransactionService transactions,
      IRequestPartitionHelperSvc partitions,
      MatchResourceUrlService<JpaPid> matches,
      MatchUrlService urls,
      @Lazy IDeleteExpungeJobSubmitter expunges,
      HistoryPages histories,
      ObjectProvider<SearchAtMoment> moments,
      AutowireCapableBeanFactory beans) {
    HapiObservations plain = new HapiObservations();
    plain.setContext(context);
    beans.autowireBean(plain);
    beans.initializeBean(plain, HapiObservations.class.getName());
    return new HapiParts(
        context,
        settings,
        hooks,
        transactions,
        partitions,
        matches,
        urls,
        expunges,
        histories,
        plain,
        moments);
  }

  @Bean
  ObservationWriter observationWriter(
      ObservationLinks links,
      ObservationJson json,
      Conditions conditions,
      HapiParts hapi,
      Clock clock) {
    return new ObservationWriter(store, tenants, links, json, conditions, hapi, clock);
  }

  @Bean
  StoredForm storedForm(HapiParts hapi, ObservationJson json) {
    return new StoredForm(hapi, json);
  }

  @Bean("myObservationDaoR4")
  IFhirResourceDaoObservation<Observation> daoObservationR4(
      HapiParts hapi,
      ObservationWriter writer,
      ObservationJson json,
      ObservationDeleteConflicts conflicts) {
    return new StoredObservationDao(
        hapi, new ObservationReader(store, tenants), writer, json, conflicts);
  }

  @Bean("mySystemDaoR4")
  IFhirSystemDao<Bundle, Meta> systemDaoR4(
      HistoryPages histories, IRequestPartitionHelperSvc partitions) {
    return new ObservationSystemDao(store, tenants, histories, partitions);
  }

  @Bean
  TransactionProcessor transactionProcessor(
      ObservationWriter writer,
      ObservationJson json,
      Conditions conditions,
      ObjectProvider<DaoRegistry> daos) {
    return new ObservationTransactions(
        store, tenants, writer, json, conditions, new EntryVersions(daos));
  }

  @Bean(JpaConfig.HISTORY_BUILDER)
  @Scope("prototype")
  HistoryBuilder newHistoryBuilder(String type, JpaPid one, Date from, Date to) {
    return new MergedHistory(store, tenants, type, one, from, to);
  }

  @Bean(JpaConfig.HISTORY_BUILDER_WITH_IDS)
  @Scope("prototype")
  HistoryBuilder newHistoryBuilderWithIds(
      String type, List<IResourcePersistentId<?>> several, Date from, Date to) {
    return new MergedHistory(store, tenants, type, several, from, to);
  }
}
