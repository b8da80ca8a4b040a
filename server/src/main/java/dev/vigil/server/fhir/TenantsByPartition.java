package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.partition.IPartitionLookupSvc;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.PartitionTenants;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** By the partition's name, which is the tenant's; HAPI keeps the table of them in memory. */
@Component
final class TenantsByPartition implements PartitionTenants {

  private final IPartitionLookupSvc partitions;
  private final AllTenants tenants;

  TenantsByPartition(IPartitionLookupSvc partitions, AllTenants tenants) {
    this.partitions = partitions;
    this.tenants = tenants;
  }

  @Override
  public List<TenantId> of(RequestPartitionId partition) {
    if (partition.isAllPartitions()) {
      List<TenantId> all = new ArrayList<>(tenants.list());
      all.add(RequestOrigin.SHARED);
      return all;
    }
    if (partition.hasPartitionIds()) {
      return partition.getPartitionIds().stream().map(this::named).distinct().toList();
    }
    return partition.getPartitionNames().stream().map(TenantId::new).toList();
  }

  private TenantId named(Integer partition) {
    return partition == null || partition == TenantPartitions.SHARED_PARTITION
        ? RequestOrigin.SHARED
        : new TenantId(partitions.getPartitionById(partition).getName());
  }

  @Override
  public RequestPartitionId of(TenantId tenant) {
    return tenant.equals(RequestOrigin.SHARED)
        ? RequestPartitionId.fromPartitionId(TenantPartitions.SHARED_PARTITION)
        : partitions.getPartitionByName(tenant.value()).toRequestPartitionId();
  }
}
