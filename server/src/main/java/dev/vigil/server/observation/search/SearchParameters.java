package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.searchparam.ResourceMetaParams;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import dev.vigil.server.observation.SyntheticPid;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What may be searched for, and where a reference may lead. */
final class SearchParameters {

  private final FhirContext context;
  private final ISearchParamRegistry registry;

  SearchParameters(FhirContext context, ISearchParamRegistry registry) {
    this.context = context;
    this.registry = registry;
  }

  ISearchParamRegistry registry() {
    return registry;
  }

  /** Null when it is unknown, or not active for searches. */
  RuntimeSearchParam find(String type, String name) {
    return registry.getActiveSearchParam(type, name, SearchParamLookupContextEnum.SEARCH);
  }

  /** The same, but refuses an unknown one. */
  RuntimeSearchParam get(String type, String name) {
    RuntimeSearchParam param = find(type, name);
    if (param == null) {
      Collection<String> known =
          registry.getValidSearchParameterNamesIncludingMeta(
              type, SearchParamLookupContextEnum.SEARCH);
      throw Refused.parameter(
          name, "unknown for resource type " + type + "; valid ones are " + known);
    }
    return param;
  }

  boolean isType(String name) {
    return context.getResourceTypes().contains(name);
  }

  /** Whether a type has the parameter that a condition begins with. */
  boolean knows(String type, String condition) {
    String name = head(condition);
    return name.equals(Constants.PARAM_HAS)
        || ResourceMetaParams.RESOURCE_META_PARAMS.containsKey(name)
        || name.equals(Constants.PARAM_LASTUPDATED)
        || find(type, name) != null;
  }

  /**
   * Types that a reference of this parameter may point to.
   *
   * @param named the one that the search names; null for none
   */
  Set<String> targets(RuntimeSearchParam param, String named) {
    if (named != null && !named.isBlank()) {
      if (!isType(named)) {
        throw Refused.parameter(param.getName(), "unknown resource type or modifier " + named);
      }
      return Set.of(named);
    }
    return param.getTargets().isEmpty() || param.getTargets().contains("Resource")
        ? new LinkedHashSet<>(context.getResourceTypes())
        : param.getTargets();
  }

  /** The paths of a reference parameter in a type, as HAPI keeps them with a link. */
  static List<String> paths(RuntimeSearchParam param, String type) {
    return param.getPathsSplitForResourceType(type);
  }

  /** Elements of an Observation that search parameters know as references. */
  Set<String> referencePaths() {
    return registry
        .getActiveSearchParams(SyntheticPid.TYPE, SearchParamLookupContextEnum.SEARCH)
        .values()
        .stream()
        .filter(SearchParameters::isReference)
        .flatMap(param -> paths(param, SyntheticPid.TYPE).stream())
        .map(ReferencePath::ofLink)
        .map(ReferencePath::path)
        .collect(Collectors.toSet());
  }

  static boolean isReference(RuntimeSearchParam param) {
    return param != null && param.getParamType() == RestSearchParameterTypeEnum.REFERENCE;
  }

  /** The name before modifiers and chain. */
  static String head(String condition) {
    for (int i = 0; i < condition.length(); i++) {
      char c = condition.charAt(i);
      if (c == '.' || c == ':') {
        return condition.substring(0, i);
      }
    }
    return condition;
  }
}
