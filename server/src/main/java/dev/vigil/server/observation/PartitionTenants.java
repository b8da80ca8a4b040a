package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import dev.vigil.core.TenantId;
import java.util.List;

/** Whose data a partition of HAPI's holds. */
public interface PartitionTenants {

  /**
   * The tenants whose data a request may see. One for a client's request; several only for work of
   * the server's own.
   *
   * @throws ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException if there is no such
   *     partition
   */
  List<TenantId> of(RequestPartitionId partition);

  /**
   * The partition of a tenant, as HAPI names it.
   *
   * @throws ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException if it has none
   */
  RequestPartitionId of(TenantId tenant);

  /**
   * The tenant of the only partition that a write may go to.
   *
   * @throws IllegalArgumentException if it is not exactly one
   */
  default TenantId one(RequestPartitionId partition) {
    List<TenantId> tenants = of(partition);
    if (tenants.size() != 1) {
      throw new IllegalArgumentException("an Observation belongs to one tenant");
    }
    return tenants.get(0);
  }
}
