package dev.vigil.server.dashboard;

import java.time.Instant;

/**
 * An alert as a card shows it. Public for the templates.
 *
 * @param id of the DetectedIssue
 * @param state {@code raised}, {@code acknowledged} or {@code resolved}
 * @param tier {@code high}, {@code medium}, {@code low} or {@code tech}
 * @param title one plain sentence
 * @param rule its id
 * @param patientId logical id
 * @param patient name
 * @param value newest value of the signal with its unit
 * @param trend {@code rising}, {@code falling}, {@code steady}; empty if nobody can tell
 * @param measuredAt of that value
 * @param raisedAt by our clock
 * @param owner who acknowledged; null if nobody
 * @param cleared whether the condition is over
 * @param more how many further alerts this card stands for
 */
public record AlertView(
    String id,
    String state,
    String tier,
    String title,
    String rule,
    String patientId,
    String patient,
    String value,
    String trend,
    Instant measuredAt,
    Instant raisedAt,
    String owner,
    boolean cleared,
    int more) {

  AlertView standingForMore(int others) {
    return new AlertView(
        id,
        state,
        tier,
        title,
        rule,
        patientId,
        patient,
        value,
        trend,
        measuredAt,
        raisedAt,
        owner,
        cleared,
        others);
  }

  /** Hides the person. */
  @Override
  public String toString() {
    return "AlertView[" + id + "]";
  }
}
