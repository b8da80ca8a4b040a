package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reading.SignalStretch;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What readings of one event mean for one signal family of one patient.
 *
 * @param subject whose signals
 * @param rules of the family
 * @param arrived the event's valid samples of its signals, not empty
 */
record Question(LoggedEvent event, Subject subject, RuleSet rules, List<Reading> arrived) {

  /** A signal family of a person: what has an episode of its own. */
  record Subject(Person person, String family) {}

  TenantId tenant() {
    return subject.person().tenant();
  }

  List<Rule> judging() {
    return rules.family(subject.family());
  }

  /** What the family looks at. */
  Set<Metric> metrics() {
    return rules.metrics(subject.family());
  }

  /** One stretch of each of the family's signals, in the order of {@link #metrics}. */
  List<SignalStretch> stretches(Function<Metric, Instant> from, Instant to) {
    return metrics().stream()
        .map(
            metric ->
                new SignalStretch(
                    tenant(), subject.person().patient(), metric, from.apply(metric), to))
        .toList();
  }

  Instant first() {
    return arrived.stream().map(Reading::measuredAt).min(Instant::compareTo).orElseThrow();
  }

  Instant last() {
    return arrived.stream().map(Reading::measuredAt).max(Instant::compareTo).orElseThrow();
  }
}
