package dev.vigil.server.bulk.export;

import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.ProblemException;
import dev.vigil.server.bulk.BulkDoor;
import dev.vigil.server.bulk.BulkJob;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Function;
import org.hl7.fhir.r4.model.IdType;
import org.springframework.stereotype.Component;

/** {@code $export} of the server, of Patient and of a Group. */
@Component
class ExportOperations implements FhirOperations {

  private static final String DEFINITIONS = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";

  private final ExportKickOff kickOff;
  private final BulkDoor door;

  ExportOperations(ExportKickOff kickOff, BulkDoor door) {
    this.kickOff = kickOff;
    this.door = door;
  }

  /** All of the tenant. */
  @Operation(
      name = "$export",
      idempotent = true,
      manualResponse = true,
      canonicalUrl = DEFINITIONS + "export")
  public void system(RequestDetails request, HttpServletResponse response) {
    begin(request, response, kickOff::system);
  }

  /** What belongs to patients. */
  @Operation(
      name = "$export",
      typeName = "Patient",
      idempotent = true,
      manualResponse = true,
      canonicalUrl = DEFINITIONS + "patient-export")
  public void patients(RequestDetails request, HttpServletResponse response) {
    begin(request, response, kickOff::patients);
  }

  /** What belongs to the patients of a Group. */
  @Operation(
      name = "$export",
      typeName = "Group",
      idempotent = true,
      manualResponse = true,
      canonicalUrl = DEFINITIONS + "group-export")
  public void group(@IdParam IdType id, RequestDetails request, HttpServletResponse response) {
    begin(request, response, asked -> kickOff.group(id.getIdPart(), asked));
  }

  private void begin(
      RequestDetails request,
      HttpServletResponse response,
      Function<RequestDetails, ExportRequest> read) {
    try {
      door.accept(BulkJob.Kind.EXPORT, read.apply(request).asText(), request, response);
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }
}
