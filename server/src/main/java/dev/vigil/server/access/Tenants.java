package dev.vigil.server.access;

import ca.uhn.fhir.jpa.entity.PartitionEntity;
import ca.uhn.fhir.jpa.partition.IPartitionLookupSvc;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import dev.vigil.core.TenantId;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;

/** The tenants that have a partition in the FHIR store. */
public final class Tenants {

  private static final Logger log = LoggerFactory.getLogger(Tenants.class);

  private final IPartitionLookupSvc partitions;
  private final Map<TenantId, Integer> known = new ConcurrentHashMap<>();

  Tenants(IPartitionLookupSvc partitions) {
    this.partitions = partitions;
  }

  /** Makes the tenant's partition unless there is one. Two servers may do so at once. */
  public void open(TenantId tenant) {
    known.computeIfAbsent(tenant, this::findOrCreate);
  }

  /** The partition of a tenant; empty if it was never opened. */
  public OptionalInt partition(TenantId tenant) {
    Integer id = known.get(tenant);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private int findOrCreate(TenantId tenant) {
    try {
      return partitions.getPartitionByName(tenant.value()).getId();
    } catch (ResourceNotFoundException missing) {
      return create(tenant);
    }
  }

  private int create(TenantId tenant) {
    PartitionEntity partition = new PartitionEntity();
    partition.setId(partitions.generateRandomUnusedPartitionId());
    partition.setName(tenant.value());
    try {
      partitions.createPartition(partition, new SystemRequestDetails());
      log.info("tenant opened tenant={}", tenant);
      return partition.getId();
    } catch (BaseServerResponseException | DataIntegrityViolationException lostRace) {
      partitions.invalidateCaches();
      return partitions.getPartitionByName(tenant.value()).getId();
    }
  }
}
