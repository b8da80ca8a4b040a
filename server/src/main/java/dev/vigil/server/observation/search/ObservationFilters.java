package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Sort;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Searches as conditions of the store, for work that goes through all Observations of a tenant. */
public final class ObservationFilters {

  private final ObservationSearches searches;

  ObservationFilters(ObservationSearches searches) {
    this.searches = searches;
  }

  /**
   * What an Observation has to meet to be found by the search.
   *
   * @param partition of one tenant
   * @throws ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException if the search is none
   *     that can be answered
   */
  public Criterion of(
      SearchParameterMap search, RequestPartitionId partition, RequestDetails request) {
    return searches.criteria().of(search, searches.scope(partition, request));
  }

  /** The order that a search asks for; empty when it asks for none. */
  public List<Sort> sorts(SortSpec sort) {
    return searches.sorts().of(sort);
  }

  /**
   * The newest of each group, as {@code $lastn} wants them.
   *
   * @param max of each group
   * @param partition of one tenant
   */
  public List<StoredObservation> last(Criterion filter, int max, RequestPartitionId partition) {
    return searches.last().find(filter, max, searches.scope(partition, null));
  }

  /**
   * Those that refer to a patient, by any element that is a reference.
   *
   * @param patients numbers of HAPI's; null for any patient
   */
  public Criterion about(Collection<Long> patients) {
    return new Criterion.Link(
        searches.parameters().referencePaths(), "Patient", patients, Set.of());
  }
}
