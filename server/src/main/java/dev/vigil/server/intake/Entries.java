package dev.vigil.server.intake;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.IdentityHashMap;
import java.util.Map;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Resource;

/**
 * Where in its request a resource stands, so that a refusal can name the entry of a transaction.
 */
final class Entries {

  private static final String PLACES = Entries.class.getName() + ".places";

  private Entries() {}

  /**
   * Notes which resource is which entry, before HAPI hands them on one by one. A batch answers each
   * entry on its own: HAPI runs them as transactions of one, which are not what was requested.
   */
  static void note(RequestDetails request, IBaseBundle processed) {
    if (request != null
        && request.getResource() == processed
        && processed instanceof Bundle bundle
        && bundle.getType() == BundleType.TRANSACTION) {
      Map<Resource, Integer> places = new IdentityHashMap<>();
      for (int i = 0; i < bundle.getEntry().size(); i++) {
        places.put(bundle.getEntry().get(i).getResource(), i);
      }
      request.getUserData().put(PLACES, places);
    }
  }

  /**
   * FHIRPath before the resource's own path.
   *
   * @return for example {@code Bundle.entry[3].resource.ofType(Observation)} in a transaction; the
   *     type's name otherwise
   */
  static String prefix(RequestDetails request, Resource resource) {
    if (request != null
        && request.getUserData().get(PLACES) instanceof Map<?, ?> places
        && places.get(resource) instanceof Integer place) {
      return "Bundle.entry[" + place + "].resource.ofType(" + resource.fhirType() + ")";
    }
    return resource.fhirType();
  }

  /** Which entry of its transaction a resource is; 0 when it is alone. */
  static int number(RequestDetails request, Resource resource) {
    return request.getUserData().get(PLACES) instanceof Map<?, ?> places
            && places.get(resource) instanceof Integer place
        ? place
        : 0;
  }

  /** The expression with the prefix in the place of the type's name. */
  static String place(String prefix, Resource resource, String expression) {
    String type = resource.fhirType();
    return expression.startsWith(type) ? prefix + expression.substring(type.length()) : expression;
  }
}
