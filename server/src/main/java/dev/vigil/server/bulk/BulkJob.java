package dev.vigil.server.bulk;

import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * One piece of work.
 *
 * @param client who asked, as {@code Actor.reference()} names it: nobody else gets an answer
 * @param asked what was asked, in the words of its kind
 * @param progress for people: what has been done so far
 * @param position how far the work got that leaves no files; empty at the beginning
 * @param problem why it failed; empty unless it did
 * @param asOf the moment the answer is true for; empty until the work began
 * @param expiresAt when its files go; empty until it ended
 */
public record BulkJob(
    TenantId tenant,
    UUID id,
    Kind kind,
    String client,
    State state,
    UUID keyId,
    String asked,
    String progress,
    String position,
    String problem,
    Instant createdAt,
    Optional<Instant> asOf,
    Optional<Instant> expiresAt) {

  /** What a job does. */
  public enum Kind {
    /** Bulk Data export. */
    EXPORT,
    /** Bulk Data import. */
    IMPORT;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Kind of(String word) {
      return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
  }

  /** How far it is. */
  public enum State {
    /** Nobody has begun. */
    WAITING,
    /** Somebody works on it. */
    RUNNING,
    /** All was done. */
    DONE,
    /** It will not be finished. */
    FAILED;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static State of(String word) {
      return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
  }

  /** Refuses missing parts. */
  public BulkJob {
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(id, "id");
  }

  /** Hides what was asked: it may name persons. */
  @Override
  public String toString() {
    return "BulkJob[" + kind.word() + " " + id + " " + state.word() + "]";
  }
}
