package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.param.HasParam;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Observations.FoundLink;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code _has}: what is referred to by resources that meet a condition, in both stores. */
final class ReverseSearches {

  private static final int KEYS_AT_ONCE = 5_000;

  private final SearchParameters parameters;
  private final OtherSearches others;
  private final ResourceLinks links;
  private final Observations observations;

  ReverseSearches(
      SearchParameters parameters,
      OtherSearches others,
      ResourceLinks links,
      Observations observations) {
    this.parameters = parameters;
    this.others = others;
    this.links = links;
    this.observations = observations;
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
    Set<Long> sources =
        others.find(
            source,
            first.getParameterName(),
            any.stream().map(HasParam::getParameterValue).toList(),
            scope);
    List<String> paths = SearchParameters.paths(reference, source);
    if (sources.isEmpty()) {
      return Set.of();
    }
    return source.equals(SyntheticPid.TYPE)
        ? fromObservations(List.copyOf(sources), paths, type, scope)
        : links.targets(sources, paths, type);
  }

  private Set<Long> fromObservations(
      List<Long> sources, List<String> paths, String type, SearchScope scope) {
    Set<String> elements =
        paths.stream()
            .map(ReferencePath::ofLink)
            .filter(path -> path.type() == null || path.type().equals(type))
            .map(ReferencePath::path)
            .collect(Collectors.toSet());
    Set<Long> targets = new LinkedHashSet<>();
    if (elements.isEmpty()) {
      return targets;
    }
    for (int from = 0; from < sources.size(); from += KEYS_AT_ONCE) {
      List<Long> some = sources.subList(from, Math.min(sources.size(), from + KEYS_AT_ONCE));
      for (FoundLink found :
          observations.linksFrom(scope.tenant(), ObservationKeys.of(some), elements)) {
        if (type.equals(found.link().targetType()) && found.link().targetPid() != null) {
          targets.add(found.link().targetPid());
        }
      }
    }
    return targets;
  }
}
