package dev.vigil.core.event;

import java.util.Objects;

/**
 * One FHIR resource was created, updated or deleted.
 *
 * @param type for example {@code Observation}
 * @param id logical id
 * @param version version id after the change, from 1
 * @param action what happened
 */
public record ResourceChange(String type, String id, long version, Action action) {

  /** What happened to the resource. */
  public enum Action {
    /** It is new. */
    CREATED,
    /** It has a new version. */
    UPDATED,
    /** It is gone. */
    DELETED
  }

  /** Refuses null. */
  public ResourceChange {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(action, "action");
  }
}
