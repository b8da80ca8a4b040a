package dev.vigil.server.observation;

import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceVersionConflictException;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.Observations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The Observations that the running transaction writes: collected, and sent to the store in one
 * batch. Dies with the transaction, so that an attempt that is tried again begins with nothing.
 */
final class TransactionWrites implements TransactionSynchronization, Ordered {

  /** The rows are written before the log's lock is taken, so the event has no number yet. */
  private static final long NO_SEQUENCE_YET = 0;

  private final Observations store;
  private final Map<TenantId, List<ObservationWrite>> pending = new LinkedHashMap<>();
  private final Set<ObservationKey> pendingKeys = new HashSet<>();
  private final Map<ObservationKey, ObservationEntity> entities = new HashMap<>();
  private final Map<String, ObservationEntity> byId = new HashMap<>();
  private boolean bound;

  private TransactionWrites(Observations store) {
    this.store = store;
  }

  /**
   * Those of the running transaction.
   *
   * @throws IllegalStateException outside a transaction
   */
  static TransactionWrites of(Observations store) {
    TransactionWrites current = currentOrNull();
    if (current == null) {
      current = new TransactionWrites(store);
      TransactionSynchronizationManager.registerSynchronization(current);
      TransactionSynchronizationManager.bindResource(TransactionWrites.class, current);
    }
    return current;
  }

  private static TransactionWrites currentOrNull() {
    return (TransactionWrites)
        TransactionSynchronizationManager.getResource(TransactionWrites.class);
  }

  /** Sends what is collected, if anything, so that a query of this transaction sees it. */
  static void flushPending() {
    TransactionWrites current = currentOrNull();
    if (current != null) {
      current.flush();
    }
  }

  /** The same, if any of these ids or keys is among what is collected. */
  static void flushPending(Collection<String> ids, Collection<ObservationKey> keys) {
    TransactionWrites current = currentOrNull();
    if (current != null && current.waits(ids, keys)) {
      current.flush();
    }
  }

  private boolean waits(Collection<String> ids, Collection<ObservationKey> keys) {
    return pendingKeys.stream()
        .anyMatch(key -> keys.contains(key) || ids.contains(entities.get(key).getFhirId()));
  }

  /** The one entity of an Observation in this transaction; null if it was not met yet. */
  ObservationEntity met(ObservationKey key) {
    return entities.get(key);
  }

  /** The one entity of an Observation in this transaction; null if it was not met yet. */
  ObservationEntity met(TenantId tenant, String id) {
    return byId.get(tenant + "/" + id);
  }

  /** From now on this is the transaction's entity of its Observation. */
  void meet(ObservationEntity entity) {
    entities.put(entity.key(), entity);
    byId.put(entity.tenant() + "/" + entity.getFhirId(), entity);
  }

  /** Collects a write. Of two versions of one Observation the first is sent at once. */
  void add(TenantId tenant, ObservationWrite write) {
    if (!pendingKeys.add(write.key())) {
      flush();
      pendingKeys.add(write.key());
    }
    pending.computeIfAbsent(tenant, key -> new ArrayList<>()).add(write);
  }

  /**
   * Sends what is collected.
   *
   * @throws ResourceVersionConflictException if somebody else was faster
   */
  @Override
  public void flush() {
    Map<TenantId, List<ObservationWrite>> batch = new LinkedHashMap<>(pending);
    pending.clear();
    pendingKeys.clear();
    try {
      batch.forEach((tenant, writes) -> store.record(tenant, NO_SEQUENCE_YET, writes));
    } catch (ProblemException refusal) {
      throw asHapis(refusal);
    }
  }

  private static BaseServerResponseException asHapis(ProblemException refusal) {
    Problem first = refusal.problems().get(0);
    return first.kind() == Problem.Kind.CONFLICT
        ? new ResourceVersionConflictException(first.message(), refusal, null)
        : new InvalidRequestException(first.message(), refusal);
  }

  /** Another transaction begins on this thread. */
  @Override
  public void suspend() {
    bound =
        TransactionSynchronizationManager.unbindResourceIfPossible(TransactionWrites.class) != null;
  }

  @Override
  public void resume() {
    if (bound) {
      TransactionSynchronizationManager.bindResource(TransactionWrites.class, this);
    }
  }

  @Override
  public void beforeCommit(boolean readOnly) {
    flush();
  }

  @Override
  public void beforeCompletion() {
    TransactionSynchronizationManager.unbindResourceIfPossible(TransactionWrites.class);
  }

  /** Before the intake takes the lock of the log. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }
}
