package dev.vigil.core.event;

import java.time.Instant;

/** A step in the life of an alert. */
public sealed interface AlertEvent extends Event
    permits AlertRaised, AlertAcknowledged, AlertCleared, AlertResolved {

  /** The alert as it was raised. */
  Alert alert();

  /** When the step was taken, by our clock. */
  Instant at();
}
