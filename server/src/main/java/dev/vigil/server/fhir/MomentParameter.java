package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.server.observation.SearchAtMoment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseConformance;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;

/**
 * Refuses {@code _at} where nobody reads it. HAPI passes over it: the answer would tell how things
 * are now to somebody who asked about a moment of the past.
 */
@Interceptor
final class MomentParameter {

  private static final Set<RestOperationTypeEnum> HISTORIES =
      EnumSet.of(
          RestOperationTypeEnum.HISTORY_INSTANCE,
          RestOperationTypeEnum.HISTORY_TYPE,
          RestOperationTypeEnum.HISTORY_SYSTEM);

  /** Says what searches of Observations take besides what HAPI knows of. */
  @Hook(Pointcut.SERVER_CAPABILITY_STATEMENT_GENERATED)
  void tell(IBaseConformance statement) {
    if (statement instanceof CapabilityStatement capabilities) {
      capabilities.getRest().stream()
          .flatMap(rest -> rest.getResource().stream())
          .filter(type -> type.getType().equals("Observation"))
          .filter(
              type ->
                  type.getSearchParam().stream()
                      .noneMatch(known -> known.getName().equals(SearchAtMoment.PARAM)))
          .forEach(
              type ->
                  type.addSearchParam()
                      .setName(SearchAtMoment.PARAM)
                      .setType(SearchParamType.DATE)
                      .setDocumentation(
                          "Vigil's own on a search: the versions that were current at a moment"
                              + " (with seconds and offset) and met the search. Refused together"
                              + " with what would tell how things are now."));
    }
  }

  @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED)
  void refuseWhereIgnored(RequestDetails request, RestOperationTypeEnum operation) {
    if (!SearchAtMoment.asked(request)
        || HISTORIES.contains(operation)
        || operation == RestOperationTypeEnum.GET_PAGE) {
      return;
    }
    boolean observations = "Observation".equals(request.getResourceName());
    if (operation != RestOperationTypeEnum.SEARCH_TYPE || !observations) {
      throw Refusals.asHttp(
          List.of(
              Problem.invalid(
                  SearchAtMoment.PARAM,
                  "is for histories and for searches of Observations by their type")));
    }
  }
}
