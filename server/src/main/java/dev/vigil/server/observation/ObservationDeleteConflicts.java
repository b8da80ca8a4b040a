package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.model.DeleteConflict;
import ca.uhn.fhir.jpa.api.model.DeleteConflictList;
import ca.uhn.fhir.jpa.delete.DeleteConflictOutcome;
import ca.uhn.fhir.jpa.delete.DeleteConflictService;
import ca.uhn.fhir.jpa.model.entity.ResourceTable;
import ca.uhn.fhir.model.primitive.IdDt;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.rest.server.util.CompositeInterceptorBroadcaster;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationState;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Observations.FoundLink;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Also looks whether Observations refer to what is about to be deleted; of HAPI's own resources,
 * HAPI finds those that do.
 */
class ObservationDeleteConflicts extends DeleteConflictService {

  private final Observations store;
  private final PartitionTenants tenants;
  private final JpaStorageSettings settings;

  ObservationDeleteConflicts(
      Observations store, PartitionTenants tenants, JpaStorageSettings settings) {
    this.store = store;
    this.tenants = tenants;
    this.settings = settings;
  }

  @Override
  public int validateOkToDelete(
      DeleteConflictList found,
      ResourceTable target,
      boolean forValidate,
      RequestDetails request,
      TransactionDetails transaction) {
    int rounds = super.validateOkToDelete(found, target, forValidate, request, transaction);
    if (!settings.isEnforceReferentialIntegrityOnDelete() && !forValidate) {
      return rounds;
    }
    DeleteConflictList ours = new DeleteConflictList(found);
    DeleteConflictOutcome answer = ask(ours, target, 1, request, transaction);
    int retried = 0;
    while (answer != null && retried < Math.min(answer.getShouldRetryCount(), MAX_RETRY_ATTEMPTS)) {
      ours = new DeleteConflictList(ours);
      answer =
          ask(ours, target, settings.getMaximumDeleteConflictQueryCount(), request, transaction);
      retried++;
    }
    found.addAll(ours);
    return Math.max(rounds, retried);
  }

  /** What a hook says about the conflicts, if there are any; it may have removed their cause. */
  private DeleteConflictOutcome ask(
      DeleteConflictList conflicts,
      ResourceTable target,
      int limit,
      RequestDetails request,
      TransactionDetails transaction) {
    add(conflicts, target, limit);
    if (conflicts.isEmpty()) {
      return null;
    }
    HookParams params =
        new HookParams()
            .add(DeleteConflictList.class, conflicts)
            .add(RequestDetails.class, request)
            .addIfMatchesType(ServletRequestDetails.class, request)
            .add(TransactionDetails.class, transaction);
    return (DeleteConflictOutcome)
        CompositeInterceptorBroadcaster.newCompositeBroadcaster(myInterceptorBroadcaster, request)
            .callHooksAndReturnObject(Pointcut.STORAGE_PRESTORAGE_DELETE_CONFLICTS, params);
  }

  /** Those that are deleted as well do not count, so they are not counted towards the limit. */
  private void add(DeleteConflictList conflicts, ResourceTable target, int limit) {
    TransactionWrites.flushPending();
    IdDt targetId = target.getIdDt();
    for (TenantId tenant : tenants.of(target.getPartitionId().toPartitionId())) {
      List<FoundLink> links =
          store.linksTo(tenant, List.of(target.getId().getId()), Set.of(), limit + 1);
      Map<ObservationKey, ObservationState> sources =
          store.findByKeys(tenant, links.stream().map(FoundLink::key).collect(Collectors.toSet()));
      Set<String> named = new HashSet<>();
      for (FoundLink link : links) {
        IdDt source = new IdDt(SyntheticPid.TYPE, sources.get(link.key()).id());
        boolean bothGo =
            conflicts.isResourceIdMarkedForDeletion(source)
                && conflicts.isResourceIdMarkedForDeletion(targetId);
        boolean itself = target.getId().getId() == SyntheticPid.number(link.key());
        if (!bothGo && !itself && named.size() < limit && named.add(source.getIdPart())) {
          conflicts.add(new DeleteConflict(source, link.link().path(), targetId));
        }
      }
    }
  }
}
