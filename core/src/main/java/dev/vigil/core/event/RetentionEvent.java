package dev.vigil.core.event;

import java.time.Instant;

/** What was decided or done about how long Observations are kept. */
public sealed interface RetentionEvent extends Event
    permits RetentionPolicySet, LegalHoldPlaced, LegalHoldReleased, ObservationsExpired {

  /** When, by our clock. */
  Instant at();
}
