package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.server.observation.VersionTag;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;

/**
 * Takes {@code If-Match} at its word. HAPI passes over it on a deletion, and meets one that names
 * no version with a failure of its own: somebody who saw version 1 would delete version 2 unseen.
 */
@Interceptor
final class VersionCondition {

  private static final Set<RestOperationTypeEnum> CHANGES =
      EnumSet.of(
          RestOperationTypeEnum.UPDATE, RestOperationTypeEnum.PATCH, RestOperationTypeEnum.DELETE);

  @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED)
  void hold(RequestDetails request, RestOperationTypeEnum operation) {
    String tag = request.getHeader(Constants.HEADER_IF_MATCH);
    if (tag == null || tag.isBlank() || !CHANGES.contains(operation)) {
      return;
    }
    String version =
        VersionTag.version(tag)
            .orElseThrow(() -> refused(Problem.Kind.UNREADABLE, VersionTag.WRONG));
    IIdType id = request.getId();
    if (id == null || !id.hasIdPart()) {
      throw refused(Problem.Kind.INVALID, "goes with the id of a resource, not with a condition");
    }
    if (operation == RestOperationTypeEnum.DELETE && !id.hasVersionIdPart()) {
      id.setValue(id.withVersion(version).getValue());
    }
  }

  private static RuntimeException refused(Problem.Kind kind, String reason) {
    return Refusals.asHttp(List.of(new Problem(kind, Constants.HEADER_IF_MATCH, reason)));
  }
}
