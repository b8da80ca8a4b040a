package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.dao.SearchBuilderFactory;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.term.api.ITermReadSvc;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.Observations;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What searches that meet Observations are made of. */
final class ObservationSearches {

  private final Observations observations;
  private final TenantOfPartition tenants;
  private final OtherSearches others;
  private final SearchParameters parameters;
  private final ObservationCriteria criteria;
  private final ObservationSorts sorts;
  private final Modifiers modifiers;
  private final ResolvedOrder resolvedOrder;
  private final ReferringSearches referring;
  private final Compartments compartments;
  private final IncludedObservations included;
  private final LastObservations last;
  private final StoredResources loader;

  ObservationSearches(
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
    this.observations = observations;
    parameters = new SearchParameters(context, registry);
    others = new OtherSearches(context, urls, builders);
    ResourceLinks links = new ResourceLinks(JdbcClient.create(dataSource));
    ReverseSearches reverse =
        new ReverseSearches(parameters, others, links, observations, this::criterion);
    tenants = new TenantOfPartition(partitionTenants);
    criteria =
        new ObservationCriteria(
            parameters,
            ids,
            new TokenCriteria(validationSupport, terminology, settings),
            new DateCriteria(clock),
            new ReferenceCriteria(parameters, ids, others, settings, observations),
            reverse);
    modifiers = new Modifiers(parameters);
    sorts = new ObservationSorts(parameters);
    resolvedOrder =
        new ResolvedOrder(
            observations,
            parameters,
            sorts,
            new TargetValues(JdbcClient.create(dataSource), partitionSettings));
    referring = new ReferringSearches(parameters, others, reverse, links);
    compartments = new Compartments(parameters, ids, observations);
    included = new IncludedObservations(parameters, observations);
    last = new LastObservations(observations, extractor);
    loader = new StoredResources(context, observations, tenants);
  }

  /** These criteria need the searches that lead back to Observations, and those need these. */
  private Criterion criterion(SearchParameterMap map, SearchScope scope) {
    return criteria.of(map, scope);
  }

  SearchScope scope(RequestPartitionId partition, RequestDetails request) {
    return new SearchScope(tenants.of(partition), partition, request);
  }

  /** Of a request alone: its tenant's. */
  RequestPartitionId partition(RequestDetails request) {
    if (request == null || request.getTenantId() == null) {
      throw new InvalidRequestException("Observations are read of a tenant");
    }
    return tenants.of(new TenantId(request.getTenantId()));
  }

  SearchParameters parameters() {
    return parameters;
  }

  OtherSearches others() {
    return others;
  }

  Observations observations() {
    return observations;
  }

  ObservationCriteria criteria() {
    return criteria;
  }

  ObservationSorts sorts() {
    return sorts;
  }

  Modifiers modifiers() {
    return modifiers;
  }

  ResolvedOrder resolvedOrder() {
    return resolvedOrder;
  }

  ReferringSearches referring() {
    return referring;
  }

  Compartments compartments() {
    return compartments;
  }

  IncludedObservations included() {
    return included;
  }

  LastObservations last() {
    return last;
  }

  StoredResources loader() {
    return loader;
  }
}
