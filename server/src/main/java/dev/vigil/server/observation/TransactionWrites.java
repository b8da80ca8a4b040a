package dev.vigil.server.observation;

import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceVersionConflictException;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationIdentifier;
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
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The Observations that the running transaction writes: collected, and sent to the store in one
 * batch when the event that tells of them has its number, which is just before the commit. What has
 * to be sent earlier, since the transaction itself asks for it, is given the number then. Dies with
 * the transaction, so that an attempt that is tried again begins with nothing.
 */
public final class TransactionWrites implements TransactionSynchronization, Ordered {

  /** The event has no number yet. */
  private static final long NO_SEQUENCE_YET = 0;

  private static final String TAKEN = "Observation was written by another request at the same time";

  private final Observations store;
  private final Map<TenantId, List<ObservationWrite>> pending = new LinkedHashMap<>();
  private final Set<ObservationKey> pendingKeys = new HashSet<>();
  private final Map<ObservationKey, ObservationEntity> entities = new HashMap<>();
  private final Map<String, ObservationEntity> byId = new HashMap<>();
  private final Map<TenantId, Set<ObservationKey>> untold = new HashMap<>();
  private final List<ObservationIdentifier> unclaimed = new ArrayList<>();
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
      TransactionSynchronizationManager.registerSynchronization(current.new Rest());
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

  /** An Observation among those collected may only come to be if nobody else carries this. */
  void createsUnder(ObservationIdentifier identifier) {
    unclaimed.add(identifier);
  }

  /**
   * Sends what is left, and names the event that told of all that this transaction wrote. To be
   * called when the event was appended.
   *
   * @param sequence of the event
   * @throws ResourceVersionConflictException if somebody else was faster
   */
  public static void finish(long sequence) {
    TransactionWrites current = currentOrNull();
    if (current != null) {
      current.send(sequence);
      current.untold.forEach((tenant, keys) -> current.store.told(tenant, sequence, keys));
      current.untold.clear();
    }
  }

  /** Sends what is collected before the event has its number. */
  @Override
  public void flush() {
    pending.forEach(
        (tenant, writes) -> {
          Set<ObservationKey> keys = untold.computeIfAbsent(tenant, key -> new HashSet<>());
          writes.forEach(write -> keys.add(write.key()));
        });
    send(NO_SEQUENCE_YET);
  }

  private void send(long sequence) {
    Map<TenantId, List<ObservationWrite>> batch = new LinkedHashMap<>(pending);
    pending.clear();
    pendingKeys.clear();
    try {
      claim();
      batch.forEach((tenant, writes) -> store.record(tenant, sequence, writes));
    } catch (ProblemException refusal) {
      throw asHapis(refusal);
    } catch (PessimisticLockingFailureException deadlock) {
      throw new ResourceVersionConflictException(TAKEN, deadlock, null);
    }
  }

  /** Whoever claimed one of them before has committed when this comes back. */
  private void claim() {
    Set<ObservationIdentifier> identifiers = new HashSet<>(unclaimed);
    boolean twice = identifiers.size() < unclaimed.size();
    unclaimed.clear();
    if (twice || !store.claim(identifiers).isEmpty()) {
      throw new ResourceVersionConflictException(TAKEN);
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

  /** Before the intake takes the lock of the log: nobody who holds that may wait for a claim. */
  @Override
  public void beforeCommit(boolean readOnly) {
    claim();
  }

  @Override
  public void beforeCompletion() {
    TransactionSynchronizationManager.unbindResourceIfPossible(TransactionWrites.class);
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  /** Sends what nobody told about. */
  private final class Rest implements TransactionSynchronization, Ordered {

    @Override
    public void beforeCommit(boolean readOnly) {
      send(NO_SEQUENCE_YET);
    }

    @Override
    public int getOrder() {
      return Ordered.LOWEST_PRECEDENCE;
    }
  }
}
