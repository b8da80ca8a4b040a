package dev.vigil.server.bulk;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.server.fhir.SharedTypes;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.telemetry.log.Source;
import java.util.List;
import org.springframework.stereotype.Component;

/** Which types there are, and where their resources lie. */
@Component
public class TenantTypes {

  private static final Source READER = new Source("system", "bulk");

  private final DaoRegistry daos;
  private final IRequestPartitionHelperSvc partitions;
  private final PartitionTenants tenants;

  TenantTypes(DaoRegistry daos, IRequestPartitionHelperSvc partitions, PartitionTenants tenants) {
    this.daos = daos;
    this.partitions = partitions;
    this.tenants = tenants;
  }

  /** Whether there is such a type. */
  public boolean knows(String type) {
    return daos.getRegisteredDaoTypes().contains(type);
  }

  /** Whether each tenant has resources of that type of its own. */
  public boolean isTenants(String type) {
    return knows(type) && !SharedTypes.contains(type) && partitions.isResourcePartitionable(type);
  }

  /** Types of which each tenant has its own resources, in order. */
  public List<String> ofTenants() {
    return daos.getRegisteredDaoTypes().stream().filter(this::isTenants).sorted().toList();
  }

  /** Where resources of a type lie that a tenant sees. */
  public RequestPartitionId partition(TenantId tenant, String type) {
    return tenants.of(isTenants(type) ? tenant : RequestOrigin.SHARED);
  }

  /** A request of bulk work's own that looks there. */
  public SystemRequestDetails request(TenantId tenant, String type) {
    return isTenants(type) ? RequestOrigin.system(tenant, READER) : RequestOrigin.systemShared();
  }
}
