package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** One version of an Observation. Its JSON is put together when first asked for. */
public final class StoredObservation {

  private final ObservationState state;
  private final Instant supersededAt;
  private final Integer shape;
  private final Supplier<String> content;
  private String json;

  StoredObservation(
      ObservationState state, Instant supersededAt, Integer shape, Supplier<String> content) {
    this.state = state;
    this.supersededAt = supersededAt;
    this.shape = shape;
    this.content = content;
  }

  /** Which one. */
  public ObservationKey key() {
    return state.key();
  }

  /** Its logical id. */
  public String id() {
    return state.id();
  }

  /** From 1. */
  public long version() {
    return state.version();
  }

  /** When this version was written. */
  public Instant updatedAt() {
    return state.updatedAt();
  }

  /** Whether this version is a deletion: it has no content. */
  public boolean deleted() {
    return state.deleted();
  }

  /** When the next version was written; empty for the newest. */
  public Optional<Instant> supersededAt() {
    return Optional.ofNullable(supersededAt);
  }

  /**
   * The number of its shape: what else a tenant has of one shape differs in leaves alone. Empty for
   * a deletion and for what is kept whole.
   */
  public OptionalInt shape() {
    return shape == null ? OptionalInt.empty() : OptionalInt.of(shape);
  }

  /**
   * The JSON as it was written, character for character.
   *
   * @throws IllegalStateException for a deletion
   */
  public String json() {
    if (deleted()) {
      throw new IllegalStateException("a deletion has no content");
    }
    if (json == null) {
      json = content.get();
    }
    return json;
  }

  @Override
  public String toString() {
    return "StoredObservation[" + state.key().id() + " version " + state.version() + "]";
  }
}
