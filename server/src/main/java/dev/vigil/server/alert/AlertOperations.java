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
import dev.vigil.subscriptions.alert.AcknowledgeAlert;
import dev.vigil.subscriptions.alert.ResolveAlert;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.StringType;
import org.springframework.stereotype.Component;

/** The steps of an alert as FHIR operations on its DetectedIssue. An illegal step answers 409. */
@Component
class AlertOperations implements FhirOperations {

  private final AcknowledgeAlert acknowledge;
  private final ResolveAlert resolve;
  private final DaoRegistry daos;

  AlertOperations(AcknowledgeAlert acknowledge, ResolveAlert resolve, DaoRegistry daos) {
    this.acknowledge = acknowledge;
    this.resolve = resolve;
    this.daos = daos;
  }

  /** The caller takes the alert on. */
  @Operation(name = "$acknowledge", typeName = "DetectedIssue")
  public DetectedIssue acknowledge(
      @IdParam IdType id,
      @OperationParam(name = "reason", max = 1) StringType reason,
      RequestDetails request) {
    return step(
        id,
        request,
        (tenant, alert) ->
            acknowledge.acknowledge(
                tenant, alert, Actors.current(), text(reason), RequestOrigin.source(request)));
  }

  /** The caller closes the alert. */
  @Operation(name = "$resolve", typeName = "DetectedIssue")
  public DetectedIssue resolve(
      @IdParam IdType id,
      @OperationParam(name = "reason", max = 1) StringType reason,
      RequestDetails request) {
    return step(
        id,
        request,
        (tenant, alert) ->
            resolve.resolve(
                tenant, alert, Actors.current(), text(reason), RequestOrigin.source(request)));
  }

  private interface Step {
    void take(TenantId tenant, AlertId alert);
  }

  private DetectedIssue step(IdType id, RequestDetails request, Step step) {
    TenantId tenant = RequestOrigin.tenant(request);
    try {
      step.take(tenant, new AlertId(id.getIdPart()));
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
    return daos.getResourceDao(DetectedIssue.class)
        .read(
            id.toUnqualifiedVersionless(),
            RequestOrigin.system(tenant, RequestOrigin.source(request)));
  }

  private static String text(StringType reason) {
    return reason == null || reason.getValue() == null ? "" : reason.getValue();
  }
}
