package dev.vigil.core.event;

import dev.vigil.core.PatientId;
import java.time.Instant;
import java.util.Objects;

/**
 * A person's data was erased: what the log holds about them can be read no more.
 *
 * @param patient our own id of who it was, which means nothing elsewhere
 * @param at our time
 */
public record PersonErased(PatientId patient, Instant at) implements Event {

  /** Refuses null. */
  public PersonErased {
    Objects.requireNonNull(patient, "patient");
    Objects.requireNonNull(at, "at");
  }
}
