package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.server.observation.SyntheticPid;
import java.util.Map;
import java.util.Set;

/**
 * Refuses modifiers that a parameter does not have, as <a
 * href="https://hl7.org/fhir/R4/search.html#modifiers">FHIR</a> demands. HAPI passes over one that
 * it does not know and answers the search without it. With {@link ResultParameters}.
 */
final class Modifiers {

  private static final String MISSING = "missing";
  private static final Set<String> OF_TOKENS =
      Set.of(MISSING, "not", "text", "in", "not-in", "above", "below", "of-type");
  private static final Set<String> OF_ADDRESSES =
      Set.of(MISSING, "not", "above", "below", "contains");

  /** Those of references are judged where a reference is. */
  private static final Map<RestSearchParameterTypeEnum, Set<String>> BY_TYPE =
      Map.of(
          RestSearchParameterTypeEnum.TOKEN, OF_TOKENS,
          RestSearchParameterTypeEnum.STRING, Set.of(MISSING, "exact", "contains"),
          RestSearchParameterTypeEnum.URI, Set.of(MISSING, "above", "below"),
          RestSearchParameterTypeEnum.DATE, Set.of(MISSING),
          RestSearchParameterTypeEnum.NUMBER, Set.of(MISSING),
          RestSearchParameterTypeEnum.QUANTITY, Set.of(MISSING),
          RestSearchParameterTypeEnum.COMPOSITE, Set.of(MISSING));

  private static final Map<String, Set<String>> OF_ALL_TYPES =
      Map.of(
          "_id",
          Set.of(MISSING, "not"),
          "_lastUpdated",
          Set.of(MISSING),
          ParamNames.TAG,
          OF_TOKENS,
          ParamNames.SECURITY,
          OF_TOKENS,
          ParamNames.PROFILE,
          OF_ADDRESSES,
          ParamNames.SOURCE,
          OF_ADDRESSES);

  private final SearchParameters parameters;

  Modifiers(SearchParameters parameters) {
    this.parameters = parameters;
  }

  /** Looks at a client's search for Observations; other requests pass. */
  void check(RequestDetails request) {
    if (request == null
        || request.getRestOperationType() != RestOperationTypeEnum.SEARCH_TYPE
        || !SyntheticPid.TYPE.equals(request.getResourceName())) {
      return;
    }
    ResultParameters.check(request.getParameters());
    for (String name : request.getParameters().keySet()) {
      int colon = name.indexOf(':');
      if (colon > 0 && name.indexOf('.') < 0) {
        Set<String> known = known(name.substring(0, colon));
        if (known != null && !known.contains(name.substring(colon + 1))) {
          throw Refused.parameter(
              name.substring(0, colon), "has no such modifier; it has " + known);
        }
      }
    }
  }

  /** Null where others judge. */
  private Set<String> known(String param) {
    Set<String> ofAll = OF_ALL_TYPES.get(param);
    if (ofAll != null) {
      return ofAll;
    }
    RuntimeSearchParam found = parameters.find(SyntheticPid.TYPE, param);
    return found == null ? null : BY_TYPE.get(found.getParamType());
  }
}
