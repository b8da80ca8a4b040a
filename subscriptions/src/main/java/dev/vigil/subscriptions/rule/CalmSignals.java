package dev.vigil.subscriptions.rule;

import dev.vigil.subscriptions.rule.Question.Subject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For how long no sample of a family has come near raising: a rule raises at the moment of a sample
 * that meets one of its raising criteria, so without such a sample, and without an open episode,
 * there is nothing to decide and nothing to read.
 *
 * <p>A bound, never less than the truth as far as the log was followed: what is corrected or taken
 * back does not lower it. It is lost with the process, and with whatever makes it doubtful; then
 * the readings are asked again.
 */
final class CalmSignals {

  /** Some 200 bytes each. */
  private static final int MOST = 100_000;

  private final Map<Subject, Instant> after =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Instant> eldest) {
          return size() > MOST;
        }
      };

  /** The last event whose samples were all noted. */
  private long followed = -1;

  /** Forgets all that is known, unless every event up to this one was followed. */
  void begin(long sequence) {
    if (sequence > followed + 1) {
      after.clear();
    }
  }

  /** All samples up to an event were noted. */
  void followed(long sequence) {
    followed = Math.max(followed, sequence);
  }

  /** Whether it is known that no sample from a moment on may raise. */
  boolean from(Subject subject, Instant moment) {
    Instant known = after.get(subject);
    return known != null && known.isBefore(moment);
  }

  /** Whether nothing is known. */
  boolean unknown(Subject subject) {
    return !after.containsKey(subject);
  }

  /** A sample that may raise; nothing is kept of a subject that is not known. */
  void note(Subject subject, Instant measuredAt) {
    after.computeIfPresent(
        subject, (same, known) -> known.isBefore(measuredAt) ? measuredAt : known);
  }

  /** No sample after that moment may raise. */
  void learn(Subject subject, Instant last) {
    after.put(subject, last);
  }

  void forget(Person person) {
    after.keySet().removeIf(subject -> subject.person().equals(person));
  }

  void clear() {
    after.clear();
    followed = -1;
  }
}
