package dev.vigil.server.erasure;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.key.DataKeys;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Patient;

/**
 * Lets no Patient come back under the id of an erased one: whatever is about that person then has
 * nobody to refer to.
 */
@Interceptor
final class ErasedPatientGate {

  private final DataKeys keys;

  ErasedPatientGate(DataKeys keys) {
    this.keys = keys;
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED)
  void creating(IBaseResource resource, RequestDetails request) {
    refuse(resource, request);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  void updating(IBaseResource old, IBaseResource resource, RequestDetails request) {
    refuse(resource, request);
  }

  private void refuse(IBaseResource resource, RequestDetails request) {
    if (resource instanceof Patient patient && patient.getIdElement().hasIdPart()) {
      PatientId id = new PatientId(patient.getIdElement().getIdPart());
      if (!keys.erased(RequestOrigin.tenant(request), List.of(id)).isEmpty()) {
        throw Refusals.asHttp(
            List.of(Problem.conflict("Patient.id", "this person's data has been erased")));
      }
    }
  }
}
