package dev.vigil.core.event;

import dev.vigil.core.PatientId;
import java.time.Instant;
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
 * @param stored what else is stored of an Observation's version; empty for other types, and in
 *     events from before it was kept
 */
public record ResourceChange(
    String type,
    String id,
    long version,
    Action action,
    Optional<PatientId> person,
    Optional<ResourceContent> content,
    Optional<Stored> stored) {

  /** What happened to the resource. */
  public enum Action {
    /** It is new. */
    CREATED,
    /** It has a new version. */
    UPDATED,
    /** It is gone. */
    DELETED
  }

  /**
   * What is stored of a version and its content does not say.
   *
   * @param at when it was written, as {@code meta.lastUpdated} says; to the microsecond
   * @param key how the store of Observations names it, if its id does not tell
   */
  public record Stored(Instant at, Optional<String> key) {

    /** Refuses null. */
    public Stored {
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(key, "key");
    }
  }

  /** Refuses null. */
  public ResourceChange {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(person, "person");
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(stored, "stored");
  }

  /** A change of a resource of which nothing else is stored. */
  public ResourceChange(
      String type,
      String id,
      long version,
      Action action,
      Optional<PatientId> person,
      Optional<ResourceContent> content) {
    this(type, id, version, action, person, content, Optional.empty());
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
