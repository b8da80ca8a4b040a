package dev.vigil.server.fhir;

import ca.uhn.fhir.jpa.entity.PartitionEntity;
import ca.uhn.fhir.jpa.partition.IPartitionLookupSvc;
import dev.vigil.core.TenantId;
import java.util.List;
import org.springframework.stereotype.Component;

/** The tenants that have a partition, for work that goes through all of them. */
@Component
public class AllTenants {

  private final IPartitionLookupSvc partitions;

  AllTenants(IPartitionLookupSvc partitions) {
    this.partitions = partitions;
  }

  /** In no particular order; without the partition of what is shared. */
  public List<TenantId> list() {
    return partitions.listPartitions().stream()
        .filter(partition -> partition.getId() != TenantPartitions.SHARED_PARTITION)
        .map(PartitionEntity::getName)
        .map(TenantId::new)
        .toList();
  }
}
