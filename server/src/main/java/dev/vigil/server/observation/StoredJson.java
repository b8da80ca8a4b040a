package dev.vigil.server.observation;

import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.telemetry.observation.ObservationLink;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Observation;

/** The JSON that an Observation was stored as, for those who are told that it was written. */
public final class StoredJson {

  private static final String KEY = StoredJson.class.getName();
  private static final String FARTHER = KEY + ".farther";
  private static final String VERSION = KEY + ".version";

  private StoredJson() {}

  static void note(Observation observation, String json, List<ObservationLink> links) {
    observation.setUserData(KEY, json);
    observation.setUserData(
        FARTHER,
        links.stream()
            .anyMatch(
                link ->
                    !link.path().equals("Observation.subject")
                        && !link.path().equals("Observation.device")));
  }

  /** What the running request stored; empty for an Observation that it did not write. */
  public static Optional<String> of(Observation observation) {
    return Optional.ofNullable((String) observation.getUserData(KEY));
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

  /** Whether a search parameter finds more references in it than those to subject and device. */
  public static boolean refersFarther(Observation observation) {
    return Boolean.TRUE.equals(observation.getUserData(FARTHER));
  }
}
