package dev.vigil.server.bulk.load;

import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.ProblemException;
import dev.vigil.server.bulk.BulkDoor;
import dev.vigil.server.bulk.BulkJob;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;

/** {@code $import} of the server. */
@Component
class ImportOperation implements FhirOperations {

  private final ImportKickOff kickOff;
  private final BulkDoor door;

  ImportOperation(ImportKickOff kickOff, BulkDoor door) {
    this.kickOff = kickOff;
    this.door = door;
  }

  /** Its parameters are those of the OperationDefinition. */
  @Operation(
      name = "$import",
      manualResponse = true,
      canonicalUrl = "https://vigil.dev/fhir/OperationDefinition/import")
  public void begin(RequestDetails request, HttpServletResponse response) {
    try {
      String asked = kickOff.read(request).asText();
      door.accept(BulkJob.Kind.IMPORT, asked, request, response);
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }
}
