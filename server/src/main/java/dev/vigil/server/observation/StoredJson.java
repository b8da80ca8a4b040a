package dev.vigil.server.observation;

import dev.vigil.telemetry.observation.ObservationLink;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Observation;

/** The JSON that an Observation was stored as, for those who are told that it was written. */
public final class StoredJson {

  private static final String KEY = StoredJson.class.getName();
  private static final String FARTHER = KEY + ".farther";

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

  /** Whether a search parameter finds more references in it than those to subject and device. */
  public static boolean refersFarther(Observation observation) {
    return Boolean.TRUE.equals(observation.getUserData(FARTHER));
  }
}
