package dev.vigil.server.intake;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.server.intake.PendingWrites.Write;
import java.util.function.Supplier;
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
    note(write((Resource) resource, Action.CREATED, request), request);
    CreatedObservations.note((Resource) resource, request);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED)
  void updated(IBaseResource old, IBaseResource resource, RequestDetails request) {
    note(write((Resource) resource, Action.UPDATED, request), request);
  }

  /**
   * The hook before the commit comes too late for a conditional delete: HAPI calls it when the
   * commit has begun. Here the version of the deletion is not known yet; HAPI gives it to the
   * resource.
   */
  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED)
  void deleting(IBaseResource resource, RequestDetails request) {
    note(() -> write((Resource) resource, Action.DELETED, request), request);
  }

  private static Write write(Resource resource, Action action, RequestDetails request) {
    ResourceChange change =
        new ResourceChange(
            resource.fhirType(),
            resource.getIdElement().getIdPart(),
            resource.getIdElement().getVersionIdPartAsLong(),
            action);
    return new Write(change, resource, Entries.prefix(request, resource));
  }

  private void note(Write write, RequestDetails request) {
    note(() -> write, request);
  }

  private void note(Supplier<Write> write, RequestDetails request) {
    PendingWrites pending =
        (PendingWrites) TransactionSynchronizationManager.getResource(PendingWrites.class);
    if (pending == null) {
      pending =
          new PendingWrites(recorder, RequestOrigin.tenant(request), RequestOrigin.source(request));
      TransactionSynchronizationManager.bindResource(PendingWrites.class, pending);
      TransactionSynchronizationManager.registerSynchronization(pending);
    }
    pending.add(write);
  }
}
