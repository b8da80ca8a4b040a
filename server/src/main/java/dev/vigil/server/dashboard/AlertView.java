package dev.vigil.server.dashboard;

import java.time.Instant;
import java.util.List;

/**
 * An alert as a card shows it. Public for the templates.
 *
 * @param id of the DetectedIssue
 * @param state {@code raised}, {@code acknowledged} or {@code resolved}
 * @param tier {@code high}, {@code medium}, {@code low} or {@code tech}
 * @param title one plain sentence
 * @param rule its id
 * @param ruleVersion of the PlanDefinition
 * @param patientId logical id
 * @param patient name
 * @param newest newest value of the signal that raised it
 * @param trend of that signal
 * @param raisedAt by our clock
 * @param owner who acknowledged; null if nobody
 * @param ownedAt when; null if nobody
 * @param cleared whether the condition is over
 * @param evidence the samples that raised it, oldest first
 * @param more how many further alerts of the patient this card stands for
 */
public record AlertView(
    String id,
    String state,
    String tier,
    String title,
    String rule,
    String ruleVersion,
    String patientId,
    String patient,
    ReadingView newest,
    Trend trend,
    Instant raisedAt,
    String owner,
    Instant ownedAt,
    boolean cleared,
    List<ReadingView> evidence,
    int more) {

  /** Hides the person. */
  @Override
  public String toString() {
    return "AlertView[" + id + "]";
  }
}
