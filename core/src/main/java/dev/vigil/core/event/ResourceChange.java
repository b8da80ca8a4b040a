package dev.vigil.core.event;

import dev.vigil.core.PatientId;
import java.util.Objects;
import java.util.Optional;

/**
 * One FHIR resource was created, updated or deleted.
 *
 * @param type for example {@code Observation}
 * @param id logical id
 * @param version version id after the change, from 1
 * @param action what happened
 * @param person the patient it is about, first of all the subject; empty if it is about none. Of
 *     events from before contents were kept it is known for a Patient only
 * @param content what the resource says since then, without id, version and time of the version;
 *     empty for a deletion, and in events from before contents were kept
 */
public record ResourceChange(
    String type,
    String id,
    long version,
    Action action,
    Optional<PatientId> person,
    Optional<ResourceContent> content) {

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
    Objects.requireNonNull(person, "person");
    Objects.requireNonNull(content, "content");
  }

  /** A change of which no more is known; a Patient is about that patient. */
  public ResourceChange(String type, String id, long version, Action action) {
    this(
        type,
        id,
        version,
        action,
        type.equals("Patient") ? Optional.of(new PatientId(id)) : Optional.empty(),
        Optional.empty());
  }

  /** Hides whom it is about and what it says. */
  @Override
  public String toString() {
    return "ResourceChange[" + type + "/" + id + " version " + version + " " + action + "]";
  }
}
