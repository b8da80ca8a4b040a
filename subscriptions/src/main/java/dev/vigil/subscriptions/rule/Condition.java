package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * One signal, or several of a kind, one criterion, one persistence.
 *
 * @param metrics for raising, any one of them; for clearing, each that has valid samples within the
 *     condition's reach, and at least one; not empty
 * @param criterion what a sample has to be
 * @param persistence how long or how often
 * @param within how old the newest sample may be when another signal completes the clause; null if
 *     the persistence alone says it
 */
public record Condition(
    List<Metric> metrics, Criterion criterion, Persistence persistence, Duration within) {

  /** Refuses null where it is not allowed and copies the list. */
  public Condition {
    metrics = List.copyOf(metrics);
    Objects.requireNonNull(criterion, "criterion");
    Objects.requireNonNull(persistence, "persistence");
  }

  /**
   * How far back samples can matter.
   *
   * @param interval longest sampling interval to reckon with
   */
  Duration reach(Duration interval) {
    Duration reach = Duration.ZERO;
    if (persistence instanceof Persistence.Sustained sustained) {
      reach = sustained.duration().plus(interval.multipliedBy(2));
    } else if (persistence instanceof Persistence.Repeated repeated) {
      reach = repeated.atMost().multipliedBy(repeated.count() - 1L);
    }
    if (within != null) {
      reach = reach.plus(within);
    }
    for (Criterion part : criterion.parts()) {
      if (part instanceof Criterion.Change change) {
        reach = reach.plus(change.over());
      }
    }
    return reach;
  }
}
