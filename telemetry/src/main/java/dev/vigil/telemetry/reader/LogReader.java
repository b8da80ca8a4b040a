package dev.vigil.telemetry.reader;

import dev.vigil.core.event.Event;
import dev.vigil.telemetry.log.LoggedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A projection or process that follows the log. Its position moves in the same transaction as what
 * it writes, so each event takes effect once, whatever is killed when.
 */
public interface LogReader {

  /** Short and stable, for example {@code rules}: the position's key. */
  String name();

  /**
   * Whether a reader that has no position yet begins after the newest event instead of at the
   * beginning of the log.
   */
  default boolean beginsAtHead() {
    return false;
  }

  /** Which events it wants: the others are passed by unread. Empty for all. */
  default Set<Class<? extends Event>> wants() {
    return Set.of();
  }

  /**
   * How long after it began to take events it begins again, so that more events share what it asks
   * and writes. After a silence an event is taken at once; so are all if this is zero.
   */
  default Duration pace() {
    return Duration.ZERO;
  }

  /**
   * The same for as long as one commit follows the other, so that a reader which writes to the same
   * rows again and again does so less often the more there is to do. Once no commit came for half a
   * second, or somebody has the reader {@linkplain LogReaderRunner#hurry hurry}, {@link #pace}
   * counts.
   */
  default Duration longestPace() {
    return pace();
  }

  /**
   * How many batches it takes in one transaction while so many wait. One for a reader whose work
   * somebody waits for.
   */
  default int batches() {
    return 1;
  }

  /**
   * Takes events in order; changes of resources come without their contents. Runs in a transaction
   * that also holds the position. An exception rolls both back; the batch is tried again event by
   * event, and an event that keeps failing is parked with an error log and a metric, so that one
   * bad event cannot stop the alerts of everybody else.
   */
  void accept(List<LoggedEvent> events);

  /**
   * The same for several batches in one transaction. Each is read when its turn comes, so that not
   * all have to be in memory.
   *
   * @param batches none of them empty; may be gone through once
   */
  default void acceptAll(Iterable<List<LoggedEvent>> batches) {
    batches.forEach(this::accept);
  }
}
