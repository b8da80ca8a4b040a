package dev.vigil.subscriptions.rule;

import dev.vigil.core.Tier;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One way to raise or to clear. All its conditions have to hold at the same moment.
 *
 * @param tier how urgent it is; empty in a clearing clause
 * @param context what must be so about the patient
 * @param conditions not empty
 */
public record Clause(
    Optional<Tier> tier, Optional<ContextTest> context, List<Condition> conditions) {

  /** Refuses null and copies the list. */
  public Clause {
    Objects.requireNonNull(tier, "tier");
    Objects.requireNonNull(context, "context");
    conditions = List.copyOf(conditions);
  }
}
