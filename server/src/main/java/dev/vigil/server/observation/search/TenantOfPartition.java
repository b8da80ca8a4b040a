package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.partition.IPartitionLookupSvc;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.RequestOrigin;
import java.util.List;
import java.util.Objects;

/** Whose Observations lie in a partition of HAPI's. */
final class TenantOfPartition {

  private final IPartitionLookupSvc partitions;
  private final PartitionSettings settings;

  TenantOfPartition(IPartitionLookupSvc partitions, PartitionSettings settings) {
    this.partitions = partitions;
    this.settings = settings;
  }

  /** Refuses all partitions and several of them: each question names its tenant. */
  TenantId of(RequestPartitionId partition) {
    if (partition.isAllPartitions() || !partition.hasPartitionIds()) {
      throw new InvalidRequestException("a search for Observations needs a tenant");
    }
    List<Integer> ids = partition.getPartitionIds();
    if (ids.size() != 1) {
      throw new InvalidRequestException("a search for Observations needs one tenant");
    }
    return of(ids.get(0));
  }

  TenantId of(Integer partition) {
    return partition == null || Objects.equals(partition, settings.getDefaultPartitionId())
        ? RequestOrigin.SHARED
        : new TenantId(partitions.getPartitionById(partition).getName());
  }

  /** The partition of a tenant. */
  RequestPartitionId of(TenantId tenant) {
    return tenant.equals(RequestOrigin.SHARED)
        ? RequestPartitionId.fromPartitionId(settings.getDefaultPartitionId())
        : partitions.getPartitionByName(tenant.value()).toRequestPartitionId();
  }
}
