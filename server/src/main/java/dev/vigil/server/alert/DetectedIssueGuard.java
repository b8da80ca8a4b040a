package dev.vigil.server.alert;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.DetectedIssue;

/**
 * A DetectedIssue that Vigil raised changes by steps of its life only: each has an actor, a time
 * and an event. A DetectedIssue that a client brought, such as a drug interaction, is the client's.
 */
@Interceptor
final class DetectedIssueGuard {

  private static final String ALERT_IDENTIFIER = "https://vigil.dev/fhir/alert";

  /** An erased person's alerts go with everything else. */
  private static final String ERASURE = "erasure";

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED)
  void creating(IBaseResource resource, RequestDetails request) {
    refuseOurs(resource, request);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  void updating(IBaseResource old, IBaseResource resource, RequestDetails request) {
    refuseOurs(old, request);
    refuseOurs(resource, request);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED)
  void deleting(IBaseResource resource, RequestDetails request) {
    if (!RequestOrigin.source(request).door().equals(ERASURE)) {
      refuseOurs(resource, request);
    }
  }

  private static void refuseOurs(IBaseResource resource, RequestDetails request) {
    if (resource instanceof DetectedIssue issue
        && issue.getIdentifier().stream().anyMatch(id -> ALERT_IDENTIFIER.equals(id.getSystem()))
        && !RequestOrigin.source(request).equals(DetectedIssueRecords.ALERTS)) {
      throw Refusals.asHttp(
          List.of(
              Problem.conflict(
                  "DetectedIssue",
                  "an alert changes by its operations: DetectedIssue/[id]/$acknowledge or $resolve")));
    }
  }
}
