package dev.vigil.server.observation;

import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.telemetry.observation.ObservationLink;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Observation;

/**
 * What an Observation was stored as, for those who are told that it was written.
 *
 * @param json its content
 * @param links what it refers to, as far as searches know
 */
public record StoredJson(String json, List<ObservationLink> links) {

  private static final String KEY = StoredJson.class.getName();
  private static final String VERSION = KEY + ".version";

  static void note(Observation observation, String json, List<ObservationLink> links) {
    observation.setUserData(KEY, new StoredJson(json, List.copyOf(links)));
  }

  /** What the running request stored; empty for an Observation that it did not write. */
  public static Optional<StoredJson> of(Observation observation) {
    return Optional.ofNullable((StoredJson) observation.getUserData(KEY));
  }

  /** A version of it was written, or that it is gone. */
  static void note(Observation observation, ObservationEntity entity) {
    String key = entity.key().id();
    observation.setUserData(
        VERSION,
        new Stored(
            entity.updatedAt(),
            key.equals(entity.getFhirId()) ? Optional.empty() : Optional.of(key)));
  }

  /** What else is stored of the version that the running request wrote; empty if it wrote none. */
  public static Optional<Stored> versionOf(Observation observation) {
    return Optional.ofNullable((Stored) observation.getUserData(VERSION));
  }
}
