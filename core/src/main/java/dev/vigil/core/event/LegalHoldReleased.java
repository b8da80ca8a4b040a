package dev.vigil.core.event;

import dev.vigil.core.PatientId;
import java.time.Instant;
import java.util.Objects;

/**
 * A legal hold is over.
 *
 * @param patient whose
 * @param at our time
 */
public record LegalHoldReleased(PatientId patient, Instant at) implements RetentionEvent {

  /** Refuses null. */
  public LegalHoldReleased {
    Objects.requireNonNull(patient, "patient");
    Objects.requireNonNull(at, "at");
  }
}
