package dev.vigil.server.observation;

import java.util.Optional;
import org.hl7.fhir.r4.model.Observation;

/** The JSON that an Observation was stored as, for those who are told that it was written. */
public final class StoredJson {

  private static final String KEY = StoredJson.class.getName();

  private StoredJson() {}

  static void note(Observation observation, String json) {
    observation.setUserData(KEY, json);
  }

  /** What the running request stored; empty for an Observation that it did not write. */
  public static Optional<String> of(Observation observation) {
    return Optional.ofNullable((String) observation.getUserData(KEY));
  }
}
