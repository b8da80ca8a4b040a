package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** A new version of an Observation, or its deletion. */
public sealed interface ObservationWrite {

  /** Which one. */
  ObservationKey key();

  /**
   * The version this becomes: 1 for a new one, else one more than the newest; deletions count as
   * versions too.
   */
  long version();

  /** What {@code meta.lastUpdated} will say. */
  Instant updatedAt();

  /**
   * A version with content.
   *
   * @param id the logical id: {@code key.id()}, or the client's own
   * @param json the Observation as one line of JSON; comes back character for character. Leave out
   *     {@code id}, {@code meta.versionId} and {@code meta.lastUpdated}: the row keeps them
   * @param effective when it was measured; null when it does not say
   * @param placedAt what {@link Effective#placedAt} gave; the key of a new one was allocated for it
   * @param links its resolved references
   * @param matchUrls conditional criteria it was created under, other than one identifier, which is
   *     claimed instead; the database lets one living Observation have each
   */
  record Put(
      ObservationKey key,
      String id,
      long version,
      Instant updatedAt,
      String json,
      Effective effective,
      Instant placedAt,
      List<ObservationLink> links,
      List<String> matchUrls)
      implements ObservationWrite {

    /** Refuses missing parts. */
    public Put {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(updatedAt, "updatedAt");
      Objects.requireNonNull(json, "json");
      Objects.requireNonNull(placedAt, "placedAt");
      links = List.copyOf(links);
      matchUrls = List.copyOf(matchUrls);
    }

    @Override
    public String toString() {
      return "Put[" + key.id() + " version " + version + "]";
    }
  }

  /** A deletion; the history stays. */
  record Delete(ObservationKey key, long version, Instant updatedAt) implements ObservationWrite {

    /** Refuses missing parts. */
    public Delete {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(updatedAt, "updatedAt");
    }
  }

  /**
   * The time an Observation is about, as the search parameter {@code date} sees it.
   *
   * @param from the earliest moment; null when open
   * @param to the latest moment; null when open
   */
  record Effective(Instant from, Instant to) {

    /**
     * The moment whose week an Observation is kept in: the end of its time, far in the future when
     * that is open.
     *
     * @param effective null when it tells none
     * @param otherwise {@code issued}, else the time of receipt
     */
    public static Instant placedAt(Effective effective, Instant otherwise) {
      if (effective == null) {
        return otherwise;
      }
      return effective.to == null ? Instant.MAX : effective.to;
    }
  }
}
