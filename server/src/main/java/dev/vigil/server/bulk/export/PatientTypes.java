package dev.vigil.server.bulk.export;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.util.FhirTerser;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;

/**
 * What belongs to a patient: R4's compartment of Patient, and devices that are assigned to one, for
 * without them readings cannot be understood.
 */
final class PatientTypes {

  private static final String PATIENT = "Patient";
  private static final String DEVICE = "Device";

  private final FhirContext context;
  private final FhirTerser terser;

  PatientTypes(FhirContext context) {
    this.context = context;
    this.terser = context.newTerser();
  }

  /** Whether resources of a type can belong to a patient. */
  boolean contain(String type) {
    return type.equals(PATIENT)
        || type.equals(DEVICE)
        || !context
            .getResourceDefinition(type)
            .getSearchParamsForCompartmentName(PATIENT)
            .isEmpty();
  }

  /**
   * Whether a resource belongs to one of the patients.
   *
   * @param patients ids; null for any patient
   */
  boolean belongs(IBaseResource resource, Set<String> patients) {
    if (resource.fhirType().equals(PATIENT)) {
      return patients == null || patients.contains(resource.getIdElement().getIdPart());
    }
    Set<String> more = resource.fhirType().equals(DEVICE) ? Set.of("patient") : Set.of();
    for (IIdType owner : terser.getCompartmentOwnersForResource(PATIENT, resource, more)) {
      if (PATIENT.equals(owner.getResourceType())
          && (patients == null || patients.contains(owner.getIdPart()))) {
        return true;
      }
    }
    return false;
  }
}
