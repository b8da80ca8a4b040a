package dev.vigil.server.intake;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.server.fhir.RequestOrigin;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Notes each resource that HAPI writes and, just before the commit, hands all of a transaction to
 * the {@link Recorder} at once: references are resolved then, and the log's lock is held as briefly
 * as can be.
 */
@Interceptor
final class WriteJournal {

  private final Recorder recorder;

  WriteJournal(Recorder recorder) {
    this.recorder = recorder;
  }

  @Hook(Pointcut.STORAGE_TRANSACTION_PROCESSING)
  void begin(RequestDetails request, IBaseBundle bundle) {
    Entries.note(request, bundle);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED)
  void created(IBaseResource resource, RequestDetails request) {
    note((Resource) resource, Action.CREATED, request);
    CreatedObservations.note((Resource) resource, request);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED)
  void updated(IBaseResource old, IBaseResource resource, RequestDetails request) {
    note((Resource) resource, Action.UPDATED, request);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED)
  void deleted(IBaseResource resource, RequestDetails request) {
    note((Resource) resource, Action.DELETED, request);
  }

  private void note(Resource resource, Action action, RequestDetails request) {
    PendingWrites pending =
        (PendingWrites) TransactionSynchronizationManager.getResource(PendingWrites.class);
    if (pending == null) {
      pending =
          new PendingWrites(recorder, RequestOrigin.tenant(request), RequestOrigin.source(request));
      TransactionSynchronizationManager.bindResource(PendingWrites.class, pending);
      TransactionSynchronizationManager.registerSynchronization(pending);
    }
    ResourceChange change =
        new ResourceChange(
            resource.fhirType(),
            resource.getIdElement().getIdPart(),
            resource.getIdElement().getVersionIdPartAsLong(),
            action);
    pending.add(change, resource, Entries.prefix(request, resource));
  }
}
