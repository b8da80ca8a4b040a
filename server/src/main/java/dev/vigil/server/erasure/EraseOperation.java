package dev.vigil.server.erasure;

import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.Actors;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import java.util.List;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.StringType;
import org.springframework.stereotype.Component;

/** {@code Patient/[id]/$erase}: there is no way back, so the caller names the person twice. */
@Component
class EraseOperation implements FhirOperations {

  private final ErasePatient erasePatient;

  EraseOperation(ErasePatient erasePatient) {
    this.erasePatient = erasePatient;
  }

  /** Answers what was erased and the event of the log that tells about it. */
  @Operation(
      name = "$erase",
      typeName = "Patient",
      canonicalUrl = "https://vigil.dev/fhir/OperationDefinition/Patient-erase")
  public Parameters erase(
      @IdParam IdType id,
      @OperationParam(name = "confirm", max = 1) StringType confirm,
      RequestDetails request) {
    try {
      if (confirm == null || !id.getIdPart().equals(confirm.getValue())) {
        throw new ProblemException(
            Problem.invalid(
                "Parameters.parameter.where(name='confirm')",
                "has to repeat the id of the Patient: what is erased does not come back"));
      }
      ErasePatient.Erased erased =
          erasePatient.erase(
              RequestOrigin.tenant(request),
              new PatientId(id.getIdPart()),
              Actors.current().reference());
      return new Parameters()
          .addParameter("event", new DecimalType(erased.sequence()))
          .addParameter("resources", new IntegerType(erased.resources()))
          .addParameter("observations", new DecimalType(erased.observations()));
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusals.asHttp(
          List.of(
              new Problem(
                  Problem.Kind.UNAVAILABLE,
                  "Patient",
                  "the person is erased; the last Observations go in the background")));
    }
  }
}
