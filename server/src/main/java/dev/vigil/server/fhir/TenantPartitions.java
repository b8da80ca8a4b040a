package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.ReadPartitionIdRequestDetails;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * Puts each request into the partition of its tenant. What all tenants share (rules, topics,
 * conformance resources) lies in a partition of its own.
 */
@Interceptor
final class TenantPartitions {

  /** Of what all tenants share. Not null, so that unique constraints hold there too. */
  static final int SHARED_PARTITION = 0;

  @Hook(Pointcut.STORAGE_PARTITION_IDENTIFY_READ)
  RequestPartitionId read(RequestDetails request, ReadPartitionIdRequestDetails details) {
    return partition(request, details.getResourceType());
  }

  @Hook(Pointcut.STORAGE_PARTITION_IDENTIFY_CREATE)
  RequestPartitionId create(RequestDetails request, IBaseResource resource) {
    return partition(request, resource.fhirType());
  }

  private static RequestPartitionId partition(RequestDetails request, String type) {
    if (type != null && SharedTypes.contains(type)) {
      return RequestPartitionId.fromPartitionId(SHARED_PARTITION);
    }
    String tenant = request.getTenantId();
    if (tenant == null) {
      return RequestPartitionId.fromPartitionId(SHARED_PARTITION);
    }
    return RequestPartitionId.fromPartitionName(tenant);
  }
}
