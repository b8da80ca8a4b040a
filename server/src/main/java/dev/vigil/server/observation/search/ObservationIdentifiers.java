package dev.vigil.server.observation.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The identifiers of Observations as texts to sort by: system, then value. */
final class ObservationIdentifiers {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Sorts before whatever a system may hold. */
  private static final String BETWEEN = "\u0000";

  private final Observations observations;

  ObservationIdentifiers(Observations observations) {
    this.observations = observations;
  }

  /**
   * One of each; an Observation without any is missing.
   *
   * @param greatest of several the greatest, else the least
   */
  Map<ObservationKey, String> of(
      TenantId tenant, Collection<ObservationKey> keys, boolean greatest) {
    Map<ObservationKey, String> identifiers = new HashMap<>();
    observations
        .load(tenant, keys)
        .forEach(
            (key, stored) -> {
              if (!stored.deleted()) {
                add(stored, key, greatest, identifiers);
              }
            });
    return identifiers;
  }

  private static void add(
      StoredObservation stored,
      ObservationKey key,
      boolean greatest,
      Map<ObservationKey, String> identifiers) {
    try {
      for (JsonNode identifier : JSON.readTree(stored.json()).path("identifier")) {
        String text =
            identifier.path("system").asText("") + BETWEEN + identifier.path("value").asText("");
        identifiers.merge(
            key, text, (left, right) -> (left.compareTo(right) > 0) == greatest ? left : right);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored Observation is no JSON", e);
    }
  }
}
