package dev.vigil.server.story;

import ca.uhn.fhir.context.FhirContext;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.Resource;

/** An answer of the FHIR endpoint. */
public record Answer(int status, HttpHeaders headers, String body) {

  static Answer of(HttpResponse<String> response) {
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  /** The body as the resource it must be. */
  public <T extends Resource> T resource(Class<T> type) {
    return FhirContext.forR4Cached().newJsonParser().parseResource(type, body);
  }

  /** The body, which must be a Bundle. */
  public Bundle bundle() {
    return resource(Bundle.class);
  }

  /** The resources of a page of a search. */
  public <T extends Resource> List<T> found(Class<T> type) {
    return bundle().getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** Every expression of the OperationOutcome that the body must be. */
  public List<String> expressions() {
    return expressions(resource(OperationOutcome.class));
  }

  /** Every expression of an OperationOutcome. */
  public static List<String> expressions(Resource outcome) {
    return ((OperationOutcome) outcome)
        .getIssue().stream()
            .flatMap(issue -> issue.getExpression().stream())
            .map(PrimitiveType::getValue)
            .toList();
  }

  /** The number at the beginning of each entry's status, in order. */
  public List<Integer> entryStatuses() {
    return bundle().getEntry().stream()
        .map(entry -> Integer.parseInt(entry.getResponse().getStatus().substring(0, 3)))
        .toList();
  }

  /** Each entry's location without its version, in order. */
  public List<String> entryLocations() {
    return bundle().getEntry().stream()
        .map(entry -> entry.getResponse().getLocation().replaceFirst("/_history/.*", ""))
        .toList();
  }
}
