package dev.vigil.telemetry.reader;

import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Batches of the log after a position, the first read at once and each other when its turn comes.
 */
final class NextEvents implements Iterable<List<LoggedEvent>>, Iterator<List<LoggedEvent>> {

  private final EventLog log;
  private final int size;
  private int left;
  private long last;
  private List<LoggedEvent> next;

  /**
   * Reads the first one.
   *
   * @param size most events of a batch
   * @param batches most of them
   */
  NextEvents(EventLog log, long after, int size, int batches) {
    this.log = log;
    this.size = size;
    this.left = batches;
    this.last = after;
    read();
  }

  private void read() {
    next = left-- > 0 ? log.follow(last, size) : List.of();
  }

  boolean isEmpty() {
    return next.isEmpty();
  }

  /** Sequence of the last event that was handed over. */
  long last() {
    return last;
  }

  @Override
  public Iterator<List<LoggedEvent>> iterator() {
    return this;
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      read();
    }
    return !next.isEmpty();
  }

  @Override
  public List<LoggedEvent> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    List<LoggedEvent> given = next;
    last = given.get(given.size() - 1).sequence();
    next = null;
    return given;
  }
}
