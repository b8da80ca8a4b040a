package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.api.Include;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Observations.FoundLink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** One round of {@code _include} or {@code _revinclude} along the references of Observations. */
final class IncludedObservations {

  private static final String ALL = "*";

  private final SearchParameters parameters;
  private final Observations observations;

  IncludedObservations(SearchParameters parameters, Observations observations) {
    this.parameters = parameters;
    this.observations = observations;
  }

  /** Whether references of Observations are followed. */
  static boolean concerns(Include include) {
    return ALL.equals(include.getValue()) || SyntheticPid.TYPE.equals(include.getParamType());
  }

  /** Whether nothing but references of Observations is followed. */
  static boolean concernsOnly(Include include) {
    return SyntheticPid.TYPE.equals(include.getParamType());
  }

  /**
   * What is one reference away.
   *
   * @param round where the references begin, or with {@code reverse} end
   * @param most about so many; null for all
   */
  Set<JpaPid> round(
      Include include, List<JpaPid> round, boolean reverse, Integer most, SearchScope scope) {
    List<ReferencePath> paths = paths(include);
    List<Long> pids = round.stream().map(JpaPid::getId).toList();
    Integer partition = scope.partition().getFirstPartitionIdOrNull();
    Set<JpaPid> found = new HashSet<>();
    if (paths == null) {
      return found;
    }
    if (reverse) {
      int limit = most == null ? Integer.MAX_VALUE : most;
      for (FoundLink link : observations.linksTo(scope.tenant(), pids, elements(paths), limit)) {
        if (follows(include, paths, link.link())) {
          found.add(SyntheticPid.of(link.key(), partition));
        }
      }
    } else {
      List<ObservationKey> keys = ObservationKeys.of(pids);
      for (FoundLink link : observations.linksFrom(scope.tenant(), keys, elements(paths))) {
        if (link.link().targetPid() != null && follows(include, paths, link.link())) {
          found.add(target(link.link(), partition));
        }
      }
    }
    return found;
  }

  private static JpaPid target(ObservationLink link, Integer partition) {
    JpaPid pid = JpaPid.fromIdAndResourceType(link.targetPid(), link.targetType());
    pid.setPartitionId(partition);
    return pid;
  }

  /** Empty for all; null for a parameter that is none. */
  private List<ReferencePath> paths(Include include) {
    if (ALL.equals(include.getValue()) || ALL.equals(include.getParamName())) {
      return List.of();
    }
    RuntimeSearchParam param = parameters.find(SyntheticPid.TYPE, include.getParamName());
    return SearchParameters.isReference(param)
        ? SearchParameters.paths(param, SyntheticPid.TYPE).stream()
            .map(ReferencePath::ofLink)
            .toList()
        : null;
  }

  private static Set<String> elements(List<ReferencePath> paths) {
    return paths.stream().map(ReferencePath::path).collect(Collectors.toSet());
  }

  private static boolean follows(Include include, List<ReferencePath> paths, ObservationLink link) {
    String wanted = include.getParamTargetType();
    if (wanted != null && !wanted.isBlank() && !wanted.equals(link.targetType())) {
      return false;
    }
    return paths.isEmpty()
        || paths.stream()
            .anyMatch(
                path ->
                    path.path().equals(link.path())
                        && (path.type() == null || path.type().equals(link.targetType())));
  }
}
