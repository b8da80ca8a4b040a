package dev.vigil.subscriptions.rule;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What was decided last about one signal family of one patient.
 *
 * @param decidedAt event time of the last raise or clear; samples up to it change nothing any more
 * @param open the open episode
 */
public record FamilyState(Instant decidedAt, Optional<Episode> open) {

  /** Nothing was decided yet. */
  public static final FamilyState NONE = new FamilyState(Instant.MIN, Optional.empty());

  /** Refuses null. */
  public FamilyState {
    Objects.requireNonNull(decidedAt, "decidedAt");
    Objects.requireNonNull(open, "open");
  }
}
