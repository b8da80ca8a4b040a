package dev.vigil.telemetry.log;

import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.key.DataKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Events that this process appended and committed lately, as {@link EventLog#follow} tells them: at
 * most so many elements, and for no longer than an unwrapped key is remembered.
 */
final class RecentEvents {

  /** Changes and readings; some 150 bytes each. */
  private static final int MOST = 120_000;

  /**
   * One of them.
   *
   * @param hash of its row: where the log has that, it has the same event and the same ones before
   * @param size how many changes and readings it has
   */
  record Recent(LoggedEvent event, byte[] hash, int size) {

    static Recent of(EventLog.Prepared event, ResourcesWritten written, EventRow row, byte[] hash) {
      return new Recent(
          new LoggedEvent(
              event.tenant(),
              row.sequence(),
              row.recordedAt(),
              event.source(),
              WrittenParts.withoutContents(written)),
          hash,
          written.changes().size() + written.readings().size());
    }
  }

  private final TreeMap<Long, Recent> events = new TreeMap<>();
  private int size;
  private long forgotten;

  /** Adds events that are committed; the oldest ones go for them. */
  synchronized void add(List<Recent> committed) {
    for (Recent one : committed) {
      if (one.event().sequence() > forgotten) {
        Recent before = events.put(one.event().sequence(), one);
        size += one.size() - (before == null ? 0 : before.size());
      }
    }
    while (size > MOST) {
      remove(events.firstEntry());
    }
  }

  private void remove(Map.Entry<Long, Recent> entry) {
    events.remove(entry.getKey());
    size -= entry.getValue().size();
  }

  /** Those that come one after the other right after a sequence. */
  synchronized List<Recent> after(long sequence, int max, Instant now) {
    while (!events.isEmpty() && isOld(events.firstEntry().getValue(), now)) {
      remove(events.firstEntry());
    }
    List<Recent> run = new ArrayList<>();
    for (Recent one : events.tailMap(sequence, false).values()) {
      if (run.size() == max || one.event().sequence() != sequence + run.size() + 1) {
        break;
      }
      run.add(one);
    }
    return run;
  }

  private static boolean isOld(Recent one, Instant now) {
    Duration age = Duration.between(one.event().recordedAt(), now);
    return age.isNegative() || age.compareTo(DataKeys.MEMORY) >= 0;
  }

  /** How many events there are to read between a sequence and the next of these. */
  synchronized long missing(long after) {
    Long next = events.higherKey(after);
    return next == null ? Long.MAX_VALUE : next - after - 1;
  }

  /** Forgets all up to a sequence, also what is added later: somebody was erased. */
  synchronized void forget(long upTo) {
    forgotten = Math.max(forgotten, upTo);
    clear();
  }

  synchronized void clear() {
    events.clear();
    size = 0;
  }
}
