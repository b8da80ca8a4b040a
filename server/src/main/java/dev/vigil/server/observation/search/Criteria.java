package dev.vigil.server.observation.search;

import dev.vigil.telemetry.observation.Criterion;
import java.util.List;

/** Puts criteria together without idle layers. */
final class Criteria {

  /** Met by no Observation. */
  static final Criterion NOTHING = new Criterion.Any(List.of());

  private Criteria() {}

  static Criterion any(List<? extends Criterion> criteria) {
    return criteria.size() == 1 ? criteria.get(0) : new Criterion.Any(List.copyOf(criteria));
  }

  static Criterion all(List<? extends Criterion> criteria) {
    return criteria.size() == 1 ? criteria.get(0) : new Criterion.All(List.copyOf(criteria));
  }

  /**
   * What {@code :missing} asks.
   *
   * @param present met by Observations that have the element
   */
  static Criterion missing(boolean missing, Criterion present) {
    return missing ? new Criterion.Not(present) : present;
  }
}
