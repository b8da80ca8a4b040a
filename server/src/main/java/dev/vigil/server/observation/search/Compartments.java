package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.Constants;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;

/** The Observations of {@code $everything}: those that refer to the patient or encounter. */
final class Compartments {

  private final SearchParameters parameters;
  private final IIdHelperService<JpaPid> ids;
  private final Observations observations;

  Compartments(
      SearchParameters parameters, IIdHelperService<JpaPid> ids, Observations observations) {
    this.parameters = parameters;
    this.ids = ids;
    this.observations = observations;
  }

  /** Empty when other types only are asked for. */
  List<JpaPid> observations(String type, SearchParameterMap map, SearchScope scope) {
    List<JpaPid> found = new ArrayList<>();
    if (wanted(map)) {
      Collection<Long> targets = instances(type, map, scope);
      if (targets == null || !targets.isEmpty()) {
        List<Criterion> criteria = new ArrayList<>();
        criteria.add(new Criterion.Link(parameters.referencePaths(), type, targets, Set.of()));
        criteria.addAll(UpdatedCriteria.of(map.getLastUpdated()));
        ObservationQuery query = ObservationQuery.of(scope.tenant(), Criteria.all(criteria), 1);
        Integer partition = scope.partition().getFirstPartitionIdOrNull();
        ObservationHits hits = new ObservationHits(observations, query, null, partition, Set.of());
        hits.forEachRemaining(found::add);
      }
    }
    return found;
  }

  private static boolean wanted(SearchParameterMap map) {
    List<List<IQueryParameterType>> types = map.get(Constants.PARAM_TYPE);
    return types == null
        || types.isEmpty()
        || types.stream()
            .flatMap(List::stream)
            .map(IQueryParameterType::getValueAsQueryToken)
            .flatMap(names -> Arrays.stream(names.replace("\\", "").split(",")))
            .anyMatch(name -> name.trim().equals(SyntheticPid.TYPE));
  }

  /** Null for all of the type. */
  private List<Long> instances(String type, SearchParameterMap map, SearchScope scope) {
    List<List<IQueryParameterType>> named = map.get(Constants.PARAM_ID);
    return named == null ? null : resolve(type, named, scope);
  }

  private List<Long> resolve(
      String type, List<List<IQueryParameterType>> named, SearchScope scope) {
    List<IIdType> wanted =
        named.stream()
            .flatMap(List::stream)
            .map(IQueryParameterType::getValueAsQueryToken)
            .<IIdType>map(id -> id.contains("/") ? new IdType(id) : new IdType(type, id))
            .toList();
    return ids
        .resolveResourcePids(
            scope.partition(), wanted, ResolveIdentityMode.includeDeleted().cacheOk())
        .stream()
        .map(JpaPid::getId)
        .toList();
  }
}
