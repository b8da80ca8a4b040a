package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.search.SearchRuntimeDetails;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.HashSet;
import java.util.List;
import org.hl7.fhir.r4.model.Observation;

/** Searches for Observations themselves: none of HAPI's tables is asked. */
final class ObservationSearchBuilder extends BothStoresSearchBuilder {

  private final HapiSearchParts parts;
  private final ObservationSearches searches;
  private Integer most;

  ObservationSearchBuilder(HapiSearchParts parts, ObservationSearches searches) {
    super(SyntheticPid.TYPE, Observation.class, parts, searches);
    this.parts = parts;
    this.searches = searches;
  }

  @Override
  public void setMaxResultsToFetch(Integer most) {
    super.setMaxResultsToFetch(most);
    this.most = most;
  }

  @Override
  public IResultIterator<JpaPid> createQuery(
      SearchParameterMap map,
      SearchRuntimeDetails details,
      RequestDetails request,
      RequestPartitionId partition) {
    searches.modifiers().check(request);
    SearchScope scope = enter(map, partition, request);
    Criterion filter = searches.criteria().of(map, scope);
    Integer place = partition.getFirstPartitionIdOrNull();
    if (map.isLastN()) {
      int max = map.getLastNMax() == null ? 1 : map.getLastNMax();
      List<StoredObservation> newest = searches.last().find(filter, max, scope);
      return new FixedHits(
          newest.stream().map(found -> SyntheticPid.of(found.key(), place)).toList(), previous());
    }
    if (ResolvedOrder.needed(map.getSort())) {
      List<JpaPid> ordered =
          searches.resolvedOrder().of(filter, map.getSort(), scope).stream()
              .skip(map.getOffset() == null ? 0 : map.getOffset())
              .map(key -> SyntheticPid.of(key, place))
              .toList();
      Integer end = most(map);
      return new FixedHits(
          end == null || end >= ordered.size() ? ordered : ordered.subList(0, end), previous());
    }
    ObservationQuery query =
        new ObservationQuery(
            scope.tenant(),
            filter,
            searches.sorts().of(map.getSort()),
            1,
            map.getOffset() == null ? 0 : map.getOffset(),
            null);
    return new ObservationHits(
        searches.observations(), query, most(map), place, new HashSet<>(previous()));
  }

  /** As HAPI counts: what earlier passes found is within. */
  private Integer most(SearchParameterMap map) {
    if (most != null) {
      return most;
    } else if (map.isLoadSynchronous()) {
      return map.getLoadSynchronousUpTo();
    } else if (map.getOffset() != null && map.getCount() != null) {
      return map.getCount();
    }
    return parts.settings().getFetchSizeDefaultMaximum();
  }

  @Override
  public Long createCountQuery(
      SearchParameterMap map, String uuid, RequestDetails request, RequestPartitionId partition) {
    searches.modifiers().check(request);
    SearchScope scope = enter(map, partition, request);
    return searches.observations().count(scope.tenant(), searches.criteria().of(map, scope));
  }
}
