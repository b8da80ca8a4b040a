package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseConformance;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;

/**
 * Takes the writes of conformance resources out of the CapabilityStatement: HAPI keeps these types
 * in the partition that all tenants share, so no tenant's client may write them.
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

  private static void withoutWrites(CapabilityStatementRestResourceComponent type) {
    type.getInteraction().removeIf(interaction -> WRITES.contains(interaction.getCode()));
    type.setConditionalCreate(false);
    type.setConditionalUpdate(false);
    type.setConditionalDelete(CapabilityStatement.ConditionalDeleteStatus.NOTSUPPORTED);
  }
}
