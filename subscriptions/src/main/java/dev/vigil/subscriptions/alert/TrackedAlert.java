package dev.vigil.subscriptions.alert;

import dev.vigil.core.PatientId;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.Alert;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An alert and what became of it.
 *
 * @param alert as it was raised
 * @param state where it is now
 * @param raisedAt our time of the decision
 * @param clearedAt event time at which the condition was over
 * @param acknowledged who took it on
 * @param resolved who closed it
 */
public record TrackedAlert(
    Alert alert,
    AlertState state,
    Instant raisedAt,
    Optional<Instant> clearedAt,
    Optional<Mark> acknowledged,
    Optional<Mark> resolved) {

  /**
   * A step somebody took.
   *
   * @param actor who
   * @param reason their words; empty if they gave none
   * @param at our time
   */
  public record Mark(Actor actor, String reason, Instant at) {

    /** Refuses null. */
    public Mark {
      Objects.requireNonNull(actor, "actor");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(at, "at");
    }
  }

  /** Refuses null. */
  public TrackedAlert {
    Objects.requireNonNull(alert, "alert");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(raisedAt, "raisedAt");
    Objects.requireNonNull(clearedAt, "clearedAt");
    Objects.requireNonNull(acknowledged, "acknowledged");
    Objects.requireNonNull(resolved, "resolved");
  }

  /** Whom it is about. */
  public PatientId patient() {
    return alert.trigger().patient();
  }

  /** Hides the person. */
  @Override
  public String toString() {
    return "TrackedAlert[" + alert + " " + state + "]";
  }
}
