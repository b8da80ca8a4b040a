package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads from the JSON of stored Observations what was known of them when they were written. */
public interface ContentReader {

  /**
   * What rows need to know of an Observation.
   *
   * @param effective when it was measured; null when it does not say
   * @param issued when it was made available; null when it does not say
   * @param links its resolved references
   */
  record Content(Effective effective, Instant issued, List<ObservationLink> links) {

    /** Copies the list. */
    public Content {
      links = List.copyOf(Objects.requireNonNull(links, "links"));
    }
  }

  /**
   * One for each JSON, in their order.
   *
   * @param jsons each as it was stored
   * @return empty for one that refers to something that is not known here any more
   */
  List<Optional<Content>> read(TenantId tenant, List<String> jsons);
}
