package dev.vigil.hl7.pcd04;

import dev.vigil.core.event.Alert;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import java.time.Instant;

/**
 * A step of an alert in the words of PCD-04.
 *
 * @param alert as it was raised
 * @param phase of MDC_ATTR_EVENT_PHASE
 * @param state of MDC_ATTR_ALARM_STATE
 * @param inactivation of MDC_ATTR_ALARM_INACTIVATION_STATE
 * @param at when the step was taken: event time of start and clearing, our time of the others
 * @param onset whether it is the first
 */
record AlertStep(
    Alert alert, String phase, String state, String inactivation, Instant at, boolean onset) {

  static AlertStep of(AlertEvent event) {
    Alert alert = event.alert();
    if (event instanceof AlertRaised) {
      return new AlertStep(alert, "start", "active", "enabled", alert.raisedAt(), true);
    }
    if (event instanceof AlertAcknowledged) {
      return new AlertStep(alert, "update", "active", "alert-acknowledged", event.at(), false);
    }
    if (event instanceof AlertCleared cleared) {
      return new AlertStep(alert, "end", "inactive", "enabled", cleared.clearedAt(), false);
    }
    if (event instanceof AlertResolved) {
      return new AlertStep(alert, "end", "inactive", "enabled", event.at(), false);
    }
    throw new IllegalArgumentException("no step of PCD-04: " + event.getClass().getSimpleName());
  }
}
