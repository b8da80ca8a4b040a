package dev.vigil.server.intake;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Resource;

/**
 * Where in its request a resource stands, so that a refusal can name the entry of a transaction.
 */
final class Entries {

  private Entries() {}

  /**
   * FHIRPath before the resource's own path.
   *
   * @return for example {@code Bundle.entry[3].resource.ofType(Observation)} in a transaction; the
   *     type's name otherwise, since a batch answers each entry on its own
   */
  static String prefix(RequestDetails request, Resource resource) {
    if (request != null
        && request.getResource() instanceof Bundle bundle
        && bundle.getType() == BundleType.TRANSACTION) {
      List<BundleEntryComponent> entries = bundle.getEntry();
      for (int i = 0; i < entries.size(); i++) {
        if (entries.get(i).getResource() == resource) {
          return "Bundle.entry[" + i + "].resource.ofType(" + resource.fhirType() + ")";
        }
      }
    }
    return resource.fhirType();
  }

  /** The expression with the prefix in the place of the type's name. */
  static String place(String prefix, Resource resource, String expression) {
    String type = resource.fhirType();
    return expression.startsWith(type) ? prefix + expression.substring(type.length()) : expression;
  }
}
