package dev.vigil.core.event;

import dev.vigil.core.AlertId;
import dev.vigil.core.Reading;
import dev.vigil.core.Tier;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a rule found about a patient, as it was when the alert was raised.
 *
 * @param id also the logical id of the DetectedIssue
 * @param rule the rule's id, for example {@code GLU-01}
 * @param ruleVersion the PlanDefinition's business version
 * @param tier how urgent
 * @param family signal family; with tenant and patient the key that keeps one episode one alert
 * @param title one plain sentence without values or names, for example {@code Very low glucose}
 * @param onset event time at which the condition began
 * @param raisedAt event time of the sample that completed it
 * @param evidence the samples that show it, oldest first; not empty; all of one patient; the last
 *     one completed it
 */
public record Alert(
    AlertId id,
    String rule,
    String ruleVersion,
    Tier tier,
    String family,
    String title,
    Instant onset,
    Instant raisedAt,
    List<Reading> evidence) {

  /** Refuses null and an alert without evidence. */
  public Alert {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(ruleVersion, "ruleVersion");
    Objects.requireNonNull(tier, "tier");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(onset, "onset");
    Objects.requireNonNull(raisedAt, "raisedAt");
    evidence = List.copyOf(evidence);
    if (evidence.isEmpty()) {
      throw new IllegalArgumentException("an alert has evidence");
    }
  }

  /** The sample that completed the condition. */
  public Reading trigger() {
    return evidence.get(evidence.size() - 1);
  }

  /** Hides person and values. */
  @Override
  public String toString() {
    return "Alert[" + id + " " + rule + " " + tier + "]";
  }
}
