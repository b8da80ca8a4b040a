package dev.vigil.server.alert;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.AlertId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.Actors;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.subscriptions.alert.AlertStep;
import dev.vigil.subscriptions.alert.TakeAlertStep;
import dev.vigil.telemetry.log.Source;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.StringType;
import org.springframework.stereotype.Component;

/** The steps of an alert as FHIR operations on its DetectedIssue. An illegal step answers 409. */
@Component
class AlertOperations implements FhirOperations {

  private final TakeAlertStep steps;
  private final DaoRegistry daos;

  AlertOperations(TakeAlertStep steps, DaoRegistry daos) {
    this.steps = steps;
    this.daos = daos;
  }

  /** The caller takes the alert on. */
  @Operation(name = "$acknowledge", typeName = "DetectedIssue")
  public DetectedIssue acknowledge(
      @IdParam IdType id,
      @OperationParam(name = "reason", max = 1) StringType reason,
      RequestDetails request) {
    return take(AlertStep.ACKNOWLEDGE, id, reason, request);
  }

  /** The caller closes the alert. */
  @Operation(name = "$resolve", typeName = "DetectedIssue")
  public DetectedIssue resolve(
      @IdParam IdType id,
      @OperationParam(name = "reason", max = 1) StringType reason,
      RequestDetails request) {
    return take(AlertStep.RESOLVE, id, reason, request);
  }

  private DetectedIssue take(AlertStep step, IdType id, StringType reason, RequestDetails request) {
    TenantId tenant = RequestOrigin.tenant(request);
    Source source = RequestOrigin.source(request);
    try {
      AlertId alert = new AlertId(id.getIdPart());
      steps.take(step, tenant, alert, Actors.current(), text(reason), source);
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
    return daos.getResourceDao(DetectedIssue.class)
        .read(id.toUnqualifiedVersionless(), RequestOrigin.system(tenant, source));
  }

  private static String text(StringType reason) {
    return reason == null || reason.getValue() == null ? "" : reason.getValue();
  }
}
