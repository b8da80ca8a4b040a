package dev.vigil.telemetry.log;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.Event;
import java.util.List;
import java.util.Set;

/**
 * The append-only log. Sequences become visible in order and without gaps, since one appender at a
 * time holds the log's lock from before its append to its commit: append last in a transaction. Its
 * commit waits for the disk, also if the transaction was set not to.
 */
public interface EventLog {

  /**
   * An event that waits for its place: what can be done before the lock is held is done.
   *
   * @param event as it was given
   */
  record Prepared(TenantId tenant, Source source, Event event, PackedEvent packed) {}

  /** Encodes and compresses. Needs no transaction and no lock. */
  Prepared prepare(TenantId tenant, Source source, Event event);

  /**
   * Appends one after the other in the caller's transaction, in a few statements for all.
   *
   * @return the sequences, each one more than the one before, final once the transaction commits
   * @throws IllegalStateException outside a transaction
   * @throws dev.vigil.core.ProblemException CONFLICT if an event tells about somebody who was
   *     erased
   * @throws dev.vigil.telemetry.key.KeyUnavailableException if a key it takes cannot be had now
   */
  List<Long> append(List<Prepared> events);

  /**
   * Appends one, as the longer form.
   *
   * @return the event's sequence, final once the transaction commits
   */
  default long append(TenantId tenant, Source source, Event event) {
    return append(List.of(prepare(tenant, source, event))).get(0);
  }

  /**
   * Committed events after a sequence, of all tenants, in order. What they told about persons who
   * have been erased is left out; an event about such a person alone is {@code ContentErased}, or
   * holds nothing.
   *
   * @param after 0 for the beginning
   * @param max at most that many; large events make it fewer. Only an empty answer means the end
   * @throws UnreadableEventException if the very next event cannot be read; one that comes later
   *     ends the list before it
   * @throws dev.vigil.telemetry.key.KeyUnavailableException if a key it takes cannot be had now
   */
  List<LoggedEvent> read(long after, int max);

  /**
   * As {@link #read}, for those that follow the log while it grows: changes come without content
   * and without what else is stored. What this process appended lately is neither read nor opened
   * again, so who was erased by another process a minute ago may still be told of.
   */
  List<LoggedEvent> follow(long after, int max);

  /**
   * How far a reader that wants some events only can pass on.
   *
   * @param after 0 for the beginning
   * @param wanted classes of events
   * @return the newest sequence such that no event after {@code after} up to it is of these
   */
  long without(long after, Set<Class<? extends Event>> wanted);

  /** Sequence of the newest committed event, 0 if there is none. */
  long head();

  /**
   * Lets nobody append until the caller's transaction ends. Rows that tell which event is theirs
   * are written after this and before the append.
   *
   * @return the sequence that the next event of this transaction gets
   * @throws IllegalStateException outside a transaction
   */
  long lock();
}
