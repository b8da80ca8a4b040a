package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.PartitionTenants;
import java.util.List;

/** The one tenant of a search. */
final class TenantOfPartition {

  private final PartitionTenants tenants;

  TenantOfPartition(PartitionTenants tenants) {
    this.tenants = tenants;
  }

  /** Refuses all partitions and several of them: each question to the store names its tenant. */
  TenantId of(RequestPartitionId partition) {
    List<TenantId> found = partition.isAllPartitions() ? List.of() : tenants.of(partition);
    if (found.size() != 1) {
      throw new InvalidRequestException("a search for Observations needs one tenant");
    }
    return found.get(0);
  }

  RequestPartitionId of(TenantId tenant) {
    return tenants.of(tenant);
  }
}
