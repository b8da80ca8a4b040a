package dev.vigil.core.event;

import dev.vigil.core.PatientId;
import java.time.Instant;
import java.util.Objects;

/**
 * Nothing of a person is deleted until the hold is released.
 *
 * @param patient whose
 * @param matter a reference to why, such as a file number; names nobody
 * @param at our time
 */
public record LegalHoldPlaced(PatientId patient, String matter, Instant at)
    implements RetentionEvent {

  /** Refuses null. */
  public LegalHoldPlaced {
    Objects.requireNonNull(patient, "patient");
    Objects.requireNonNull(matter, "matter");
    Objects.requireNonNull(at, "at");
  }
}
