package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.r4.FhirSystemDaoR4;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Observations;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** HAPI's system DAO, which also counts Observations. */
class ObservationSystemDao extends FhirSystemDaoR4 {

  private final Observations store;
  private final PartitionTenants tenants;

  ObservationSystemDao(Observations store, PartitionTenants tenants) {
    this.store = store;
    this.tenants = tenants;
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
