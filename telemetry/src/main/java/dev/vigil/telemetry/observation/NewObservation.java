package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The first version of an Observation that was taken apart already. Its id is {@code key.id()}.
 *
 * @param shape what {@link Observations#shape} gave for its template
 * @param leaves what fills the holes, as {@link Split#of} would cut it out of the JSON
 * @param key allocated for {@code placedAt}
 * @param updatedAt what {@code meta.lastUpdated} will say
 * @param effective when it was measured; null when it does not say
 * @param placedAt what {@link Effective#placedAt} gave
 * @param entries what {@link KnownShape#entries} gave for the leaves
 * @param links its resolved references
 */
public record NewObservation(
    KnownShape shape,
    List<Leaf> leaves,
    ObservationKey key,
    Instant updatedAt,
    Effective effective,
    Instant placedAt,
    List<IndexEntry> entries,
    List<ObservationLink> links) {

  /** Refuses missing parts. */
  public NewObservation {
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(updatedAt, "updatedAt");
    Objects.requireNonNull(placedAt, "placedAt");
    leaves = List.copyOf(leaves);
    entries = List.copyOf(entries);
    links = List.copyOf(links);
  }

  /**
   * New Observations that one event tells of.
   *
   * @param sequence of the event
   * @param observations each of a shape of the tenant
   */
  public record Message(TenantId tenant, long sequence, List<NewObservation> observations) {

    /** Refuses shapes of others. */
    public Message {
      observations = List.copyOf(observations);
      for (NewObservation observation : observations) {
        if (!observation.shape().tenant().equals(tenant)) {
          throw new IllegalArgumentException("the shape is another tenant's");
        }
      }
    }
  }

  @Override
  public String toString() {
    return "NewObservation[" + key.id() + "]";
  }
}
