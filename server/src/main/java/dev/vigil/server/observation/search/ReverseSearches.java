package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.param.HasParam;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Observations;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** {@code _has}: what is referred to by resources that meet a condition, in both stores. */
final class ReverseSearches {

  private final SearchParameters parameters;
  private final OtherSearches others;
  private final ResourceLinks links;
  private final Observations observations;
  private final BiFunction<SearchParameterMap, SearchScope, Criterion> observationCriteria;

  ReverseSearches(
      SearchParameters parameters,
      OtherSearches others,
      ResourceLinks links,
      Observations observations,
      BiFunction<SearchParameterMap, SearchScope, Criterion> observationCriteria) {
    this.parameters = parameters;
    this.others = others;
    this.links = links;
    this.observations = observations;
    this.observationCriteria = observationCriteria;
  }

  /**
   * Resources of a type that are referred to so.
   *
   * @param any any of these; they differ in value only
   */
  Set<Long> targets(String type, List<HasParam> any, SearchScope scope) {
    HasParam first = any.get(0);
    String source = first.getTargetResourceType();
    if (!parameters.isType(source)) {
      throw Refused.parameter("_has", "unknown resource type " + source);
    }
    RuntimeSearchParam reference = parameters.get(source, first.getReferenceFieldName());
    if (!SearchParameters.isReference(reference)) {
      throw Refused.parameter("_has", reference.getName() + " is not a reference");
    }
    List<String> paths = SearchParameters.paths(reference, source);
    List<String> values = any.stream().map(HasParam::getParameterValue).toList();
    if (source.equals(SyntheticPid.TYPE)) {
      return fromObservations(first.getParameterName(), values, paths, type, scope);
    }
    Set<Long> sources = others.find(source, first.getParameterName(), values, scope);
    return sources.isEmpty() ? Set.of() : links.targets(sources, paths, type);
  }

  private Set<Long> fromObservations(
      String condition, List<String> values, List<String> paths, String type, SearchScope scope) {
    Criterion filter =
        observationCriteria.apply(others.map(SyntheticPid.TYPE, condition, values), scope);
    Set<String> elements =
        paths.stream()
            .map(ReferencePath::ofLink)
            .filter(path -> path.type() == null || path.type().equals(type))
            .map(ReferencePath::path)
            .collect(Collectors.toSet());
    return elements.isEmpty()
        ? Set.of()
        : observations.targets(scope.tenant(), filter, elements, type);
  }
}
