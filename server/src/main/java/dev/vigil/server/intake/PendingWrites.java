package dev.vigil.server.intake;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.telemetry.log.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What the running transaction has written so far. Dies with it. */
final class PendingWrites implements TransactionSynchronization, Ordered {

  /**
   * One written resource.
   *
   * @param prefix FHIRPath of the resource within the request, for problems
   */
  record Write(ResourceChange change, Resource resource, String prefix) {}

  private final Recorder recorder;
  private final TenantId tenant;
  private final Source source;
  private final List<Supplier<Write>> writes = new ArrayList<>();
  private boolean bound;

  PendingWrites(Recorder recorder, TenantId tenant, Source source) {
    this.recorder = recorder;
    this.tenant = tenant;
    this.source = source;
  }

  /** Adds what can be told just before the commit at the latest. */
  void add(Supplier<Write> write) {
    writes.add(write);
  }

  /** Another transaction begins on this thread: also after our commit, when nothing is bound. */
  @Override
  public void suspend() {
    bound = TransactionSynchronizationManager.unbindResourceIfPossible(PendingWrites.class) != null;
  }

  @Override
  public void resume() {
    if (bound) {
      TransactionSynchronizationManager.bindResource(PendingWrites.class, this);
    }
  }

  @Override
  public void beforeCommit(boolean readOnly) {
    recorder.record(tenant, source, writes.stream().map(Supplier::get).toList());
  }

  @Override
  public void beforeCompletion() {
    TransactionSynchronizationManager.unbindResourceIfPossible(PendingWrites.class);
  }

  /** After everything but what the store sends when nothing tells of it. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE - 1;
  }
}
