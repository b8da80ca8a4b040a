package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import dev.vigil.core.Problem;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseConformance;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;

/**
 * Conformance resources lie in the partition that all tenants share, so no tenant's client may
 * write them, and the CapabilityStatement does not say so. HAPI itself refuses to create one, but
 * not to delete one. Part of the server, not of the store: Vigil's own writes pass.
 */
@Interceptor
final class ReadOnlyTypes {

  private static final Set<TypeRestfulInteraction> WRITES =
      Set.of(
          TypeRestfulInteraction.CREATE,
          TypeRestfulInteraction.UPDATE,
          TypeRestfulInteraction.PATCH,
          TypeRestfulInteraction.DELETE);

  private final IRequestPartitionHelperSvc partitions;

  ReadOnlyTypes(IRequestPartitionHelperSvc partitions) {
    this.partitions = partitions;
  }

  @Hook(Pointcut.SERVER_CAPABILITY_STATEMENT_GENERATED)
  void withoutWrites(IBaseConformance statement) {
    if (statement instanceof CapabilityStatement capabilities) {
      capabilities.getRest().stream()
          .flatMap(rest -> rest.getResource().stream())
          .filter(type -> !partitions.isResourcePartitionable(type.getType()))
          .forEach(ReadOnlyTypes::withoutWrites);
    }
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  void updating(IBaseResource old, IBaseResource resource, RequestDetails request) {
    refuse(resource, request);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED)
  void deleting(IBaseResource resource, RequestDetails request) {
    refuse(resource, request);
  }

  private void refuse(IBaseResource resource, RequestDetails request) {
    String type = resource.fhirType();
    if (!(request instanceof SystemRequestDetails) && !partitions.isResourcePartitionable(type)) {
      throw Refusals.asHttp(
          List.of(new Problem(Problem.Kind.FORBIDDEN, type, "all tenants share this resource")));
    }
  }

  private static void withoutWrites(CapabilityStatementRestResourceComponent type) {
    type.getInteraction().removeIf(interaction -> WRITES.contains(interaction.getCode()));
    type.setConditionalCreate(false);
    type.setConditionalUpdate(false);
    type.setConditionalDelete(CapabilityStatement.ConditionalDeleteStatus.NOTSUPPORTED);
  }
}
