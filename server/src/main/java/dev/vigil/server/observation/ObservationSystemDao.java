package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.r4.FhirSystemDaoR4;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Observations;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** HAPI's system DAO, which also counts Observations and pages through the history of all. */
class ObservationSystemDao extends FhirSystemDaoR4 {

  private final Observations store;
  private final PartitionTenants tenants;
  private final HistoryPages histories;
  private final IRequestPartitionHelperSvc partitions;

  ObservationSystemDao(
      Observations store,
      PartitionTenants tenants,
      HistoryPages histories,
      IRequestPartitionHelperSvc partitions) {
    this.store = store;
    this.tenants = tenants;
    this.histories = histories;
    this.partitions = partitions;
  }

  @Override
  public IBundleProvider history(Date since, Date until, Integer offset, RequestDetails request) {
    return histories.history(
        request,
        null,
        null,
        since,
        until,
        offset,
        null,
        partitions.determineReadPartitionForRequestForHistory(request, null, null));
  }

  /** Of all tenants together, as HAPI counts. */
  @Override
  public Map<String, Long> getResourceCounts() {
    Map<String, Long> counts = new HashMap<>(super.getResourceCounts());
    long ours =
        tenants.of(RequestPartitionId.allPartitions()).stream()
            .mapToLong(tenant -> store.count(tenant, Criterion.All.of()))
            .sum();
    if (ours > 0) {
      counts.put(SyntheticPid.TYPE, ours);
    }
    return counts;
  }

  /** HAPI has no rows of ours to fetch. */
  @Override
  public <P extends IResourcePersistentId> void preFetchResources(List<P> pids, boolean indexes) {
    super.preFetchResources(
        pids.stream().filter(pid -> !SyntheticPid.isOne((Long) pid.getId())).toList(), indexes);
  }
}
