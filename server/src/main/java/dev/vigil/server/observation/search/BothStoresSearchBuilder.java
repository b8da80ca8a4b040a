package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.interceptor.JpaPreResourceAccessDetails;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.search.SearchBuilderLoadIncludesParameters;
import ca.uhn.fhir.jpa.model.search.SearchRuntimeDetails;
import ca.uhn.fhir.jpa.search.builder.SearchBuilder;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap.EverythingModeEnum;
import ca.uhn.fhir.model.api.Include;
import ca.uhn.fhir.rest.api.server.IPreResourceAccessDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.rest.server.util.CompositeInterceptorBroadcaster;
import dev.vigil.server.observation.SyntheticPid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * HAPI's search over its own tables, told about Observations: conditions that reach them, what is
 * included from them and by them, their part of {@code $everything}, and their content.
 */
class BothStoresSearchBuilder extends SearchBuilder {

  private static final String PATIENT = "Patient";

  private final ObservationSearches searches;
  private RequestPartitionId partition;
  private EverythingModeEnum everything;
  private List<JpaPid> previous = List.of();
  private boolean plain;

  BothStoresSearchBuilder(
      String type,
      Class<? extends IBaseResource> resourceClass,
      HapiSearchParts parts,
      ObservationSearches searches) {
    super(
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
    this.searches = searches;
  }

  @Override
  public void setPreviouslyAddedResourcePids(List<JpaPid> pids) {
    super.setPreviouslyAddedResourcePids(pids);
    previous = List.copyOf(pids);
  }

  /** From now on conditions are HAPI's to answer, also those that reach Observations. */
  void hapiAlone() {
    plain = true;
  }

  List<JpaPid> previous() {
    return previous;
  }

  /** Notes whose data the search sees; includes and loading follow it. */
  SearchScope enter(SearchParameterMap map, RequestPartitionId partition, RequestDetails request) {
    this.partition = partition;
    everything = map.getEverythingMode();
    return searches.scope(partition, request);
  }

  @Override
  public IResultIterator<JpaPid> createQuery(
      SearchParameterMap map,
      SearchRuntimeDetails details,
      RequestDetails request,
      RequestPartitionId partition) {
    if (plain || getResourceName() == null || partition.isAllPartitions()) {
      return super.createQuery(map, details, request, partition);
    }
    SearchScope scope = enter(map, partition, request);
    if (everything != null) {
      List<JpaPid> ours = searches.compartments().observations(getResourceName(), map, scope);
      List<JpaPid> known = new ArrayList<>(previous);
      known.addAll(ours);
      super.setPreviouslyAddedResourcePids(known);
      ours.removeAll(new HashSet<>(previous));
      return new EverythingHits(
          super.createQuery(map, details, request, partition), ours, map.getOffset());
    }
    return super.createQuery(rewritten(map, scope), details, request, partition);
  }

  @Override
  public Long createCountQuery(
      SearchParameterMap map, String uuid, RequestDetails request, RequestPartitionId partition) {
    if (getResourceName() == null || partition.isAllPartitions()) {
      return super.createCountQuery(map, uuid, request, partition);
    }
    SearchScope scope = enter(map, partition, request);
    return super.createCountQuery(rewritten(map, scope), uuid, request, partition);
  }

  private SearchParameterMap rewritten(SearchParameterMap map, SearchScope scope) {
    return searches
        .referring()
        .rewrite(
            getResourceName(),
            map,
            scope,
            alone -> searches.others().findPlain(getResourceName(), alone, scope));
  }

  @Override
  public void loadResourcesByPid(
      Collection<JpaPid> pids,
      Collection<JpaPid> included,
      List<IBaseResource> resources,
      boolean forHistory,
      RequestDetails request) {
    List<JpaPid> ours = pids.stream().filter(BothStoresSearchBuilder::isObservation).toList();
    if (ours.isEmpty()) {
      super.loadResourcesByPid(pids, included, resources, forHistory, request);
      return;
    }
    List<JpaPid> others = pids.stream().filter(pid -> !isObservation(pid)).toList();
    List<IBaseResource> loaded = new ArrayList<>();
    if (!others.isEmpty()) {
      super.loadResourcesByPid(others, included, loaded, forHistory, request);
    }
    searches
        .loader()
        .merge(pids, new HashSet<>(included), loaded, pid -> partition(pid, request), resources);
  }

  /** HAPI leaves the partition away where it is the same for all. */
  private RequestPartitionId partition(JpaPid pid, RequestDetails request) {
    if (pid.getPartitionId() != null) {
      return RequestPartitionId.fromPartitionId(pid.getPartitionId());
    }
    RequestPartitionId current =
        partition == null
            ? HapiTransactionService.getRequestPartitionAssociatedWithThread()
            : partition;
    return current == null ? searches.partition(request) : current;
  }

  /**
   * In rounds over both stores: what one round finds in one of them, the next may follow in the
   * other.
   */
  @Override
  public Set<JpaPid> loadIncludes(SearchBuilderLoadIncludesParameters<JpaPid> parameters) {
    Collection<JpaPid> matches = parameters.getMatches();
    Collection<Include> includes = parameters.getIncludeFilters();
    if (matches.isEmpty() || includes == null || includes.isEmpty()) {
      return new HashSet<>();
    }
    if (matches.stream().noneMatch(BothStoresSearchBuilder::isObservation)
        && includes.stream().noneMatch(IncludedObservations::concerns)) {
      return super.loadIncludes(parameters);
    }
    Set<JpaPid> original = new HashSet<>(matches);
    Set<JpaPid> added = new LinkedHashSet<>();
    List<Include> left = new ArrayList<>(includes);
    List<JpaPid> round = new ArrayList<>(matches);
    Integer most = parameters.getMaxCount();
    while (!left.isEmpty() && !round.isEmpty() && (most == null || added.size() < most)) {
      Set<JpaPid> found = new LinkedHashSet<>(fromTables(left, round, parameters));
      Set<JpaPid> fromStore = fromStore(left, round, parameters);
      fromStore.removeAll(original);
      fromStore.removeAll(added);
      found.addAll(allowed(fromStore, parameters.getRequestDetails()));
      found.removeAll(original);
      found.removeAll(added);
      added.addAll(found);
      left.removeIf(include -> !include.isRecurse());
      round = new ArrayList<>(found);
    }
    return new HashSet<>(added);
  }

  /** One round of HAPI's own. */
  private Set<JpaPid> fromTables(
      List<Include> includes,
      List<JpaPid> round,
      SearchBuilderLoadIncludesParameters<JpaPid> parameters) {
    boolean reverse = parameters.isReverseMode();
    List<JpaPid> from =
        reverse ? round : round.stream().filter(pid -> !isObservation(pid)).toList();
    List<Include> once =
        includes.stream()
            .filter(include -> !IncludedObservations.concernsOnly(include))
            .map(include -> new Include(include.getValue(), false))
            .toList();
    if (from.isEmpty() || once.isEmpty()) {
      return Set.of();
    }
    SearchBuilderLoadIncludesParameters<JpaPid> step = new SearchBuilderLoadIncludesParameters<>();
    step.setFhirContext(parameters.getFhirContext());
    step.setEntityManager(parameters.getEntityManager());
    step.setMatches(from);
    step.setIncludeFilters(once);
    step.setReverseMode(reverse);
    step.setLastUpdated(parameters.getLastUpdated());
    step.setSearchIdOrDescription(parameters.getSearchIdOrDescription());
    step.setRequestDetails(parameters.getRequestDetails());
    step.setMaxCount(parameters.getMaxCount());
    step.setDesiredResourceTypes(parameters.getDesiredResourceTypes());
    return super.loadIncludes(step);
  }

  private Set<JpaPid> fromStore(
      List<Include> includes,
      List<JpaPid> round,
      SearchBuilderLoadIncludesParameters<JpaPid> parameters) {
    RequestPartitionId place = partition(round.get(0), parameters.getRequestDetails());
    Set<JpaPid> found = new LinkedHashSet<>();
    for (Include include : includes) {
      if (IncludedObservations.concerns(include)) {
        found.addAll(
            searches
                .included()
                .round(
                    include,
                    round,
                    parameters.isReverseMode(),
                    parameters.getMaxCount(),
                    searches.scope(place, parameters.getRequestDetails())));
      }
    }
    List<String> types = parameters.getDesiredResourceTypes();
    if (types != null && !types.isEmpty()) {
      found.removeIf(pid -> !types.contains(pid.getResourceType()));
    }
    if (everything == EverythingModeEnum.PATIENT_INSTANCE) {
      found.removeIf(pid -> PATIENT.equals(pid.getResourceType()));
    }
    return found;
  }

  /** What the interceptors let the caller know of. */
  private List<JpaPid> allowed(Set<JpaPid> found, RequestDetails request) {
    List<JpaPid> pids = new ArrayList<>(found);
    IInterceptorBroadcaster hooks =
        CompositeInterceptorBroadcaster.newCompositeBroadcaster(myInterceptorBroadcaster, request);
    if (pids.isEmpty() || !hooks.hasHooks(Pointcut.STORAGE_PREACCESS_RESOURCES)) {
      return pids;
    }
    JpaPreResourceAccessDetails details = new JpaPreResourceAccessDetails(pids, () -> this);
    hooks.callHooks(
        Pointcut.STORAGE_PREACCESS_RESOURCES,
        new HookParams()
            .add(IPreResourceAccessDetails.class, details)
            .add(RequestDetails.class, request)
            .addIfMatchesType(ServletRequestDetails.class, request));
    List<JpaPid> allowed = new ArrayList<>();
    for (int i = 0; i < pids.size(); i++) {
      if (!details.isDontReturnResourceAtIndex(i)) {
        allowed.add(pids.get(i));
      }
    }
    return allowed;
  }

  private static boolean isObservation(JpaPid pid) {
    return SyntheticPid.isOne(pid.getId());
  }
}
