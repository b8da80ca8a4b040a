package dev.vigil.subscriptions.rule;

import dev.vigil.core.Reading;
import dev.vigil.core.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which moments may still be decided, given what just arrived. Data that came more than 15 minutes
 * after its event time (high tier: 5 minutes) pages nobody; it is history for a fresh sample
 * (alert-rules, section 1).
 */
final class Lateness {

  private static final Duration HIGH = Duration.ofMinutes(5);
  private static final Duration OTHERS = Duration.ofMinutes(15);

  /** A sample that is later decides nothing. */
  static final Duration LONGEST = OTHERS;

  private final Instant decidedAt;
  private final Map<Tier, Instant> earliestFresh = new EnumMap<>(Tier.class);

  /**
   * Looks at what arrived with one event.
   *
   * @param arrived valid samples, not empty
   */
  Lateness(Collection<Reading> arrived) {
    decidedAt = arrived.stream().map(Reading::receivedAt).max(Instant::compareTo).orElseThrow();
    for (Tier tier : Tier.values()) {
      arrived.stream()
          .filter(sample -> !late(sample.measuredAt(), sample.receivedAt(), tier))
          .map(Reading::measuredAt)
          .min(Instant::compareTo)
          .ifPresent(fresh -> earliestFresh.put(tier, fresh));
    }
  }

  /** The first moment that any tier may still decide, or null if all came late. */
  Instant earliest() {
    return earliestFresh.values().stream().min(Instant::compareTo).orElse(null);
  }

  /** Whether a moment may be decided for a tier. */
  boolean decides(Instant moment, Tier tier) {
    Instant fresh = earliestFresh.get(tier);
    return fresh != null && !moment.isBefore(fresh) && !late(moment, decidedAt, tier);
  }

  private static boolean late(Instant measuredAt, Instant known, Tier tier) {
    Duration allowed = tier == Tier.HIGH ? HIGH : OTHERS;
    return Duration.between(measuredAt, known).compareTo(allowed) > 0;
  }
}
