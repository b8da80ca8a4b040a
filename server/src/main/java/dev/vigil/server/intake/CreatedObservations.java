package dev.vigil.server.intake;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import dev.vigil.server.observation.StoredJson;
import jakarta.servlet.ServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;

/** What a request created, for a filter before HAPI that asks for it. */
public final class CreatedObservations {

  private static final String ATTRIBUTE = CreatedObservations.class.getName();

  private final Map<Integer, Observation> byEntry = new ConcurrentHashMap<>();

  private CreatedObservations() {}

  /** Asks for what a request will create. */
  public static CreatedObservations in(ServletRequest request) {
    CreatedObservations created = new CreatedObservations();
    request.setAttribute(ATTRIBUTE, created);
    return created;
  }

  static void note(Resource resource, RequestDetails request) {
    if (resource instanceof Observation observation
        && request instanceof ServletRequestDetails details
        && details.getServletRequest() != null
        && details.getServletRequest().getAttribute(ATTRIBUTE)
            instanceof CreatedObservations created) {
      created.byEntry.put(Entries.number(request, resource), observation);
    }
  }

  /**
   * What was stored of an entry, if the request was confirmed.
   *
   * @param entry of the transaction, from 0; 0 for a single create
   */
  public Optional<StoredJson> stored(int entry) {
    return Optional.ofNullable(byEntry.get(entry)).flatMap(StoredJson::of);
  }
}
