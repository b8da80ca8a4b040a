package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Observations.FoundLink;
import dev.vigil.telemetry.observation.Sort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Orders by what the store has no index of: the identifier, and what a reference leads to ({@code
 * _sort=Patient:subject.name}). All hits are looked at, so there may not be many of them. Such keys
 * stand before the others of a search.
 */
final class ResolvedOrder {

  /** More hits than these would take too long. */
  static final int MOST = 10_000;

  private static final String IDENTIFIER = "identifier";

  private final Observations observations;
  private final SearchParameters parameters;
  private final ObservationSorts plain;
  private final ObservationIdentifiers identifiers;
  private final TargetValues targets;

  ResolvedOrder(
      Observations observations,
      SearchParameters parameters,
      ObservationSorts plain,
      TargetValues targets) {
    this.observations = observations;
    this.parameters = parameters;
    this.plain = plain;
    this.targets = targets;
    identifiers = new ObservationIdentifiers(observations);
  }

  /** Whether the store alone cannot sort so. */
  static boolean needed(SortSpec first) {
    for (SortSpec spec = first; spec != null; spec = spec.getChain()) {
      if (isResolved(spec)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isResolved(SortSpec spec) {
    String name = spec.getParamName();
    return name != null && (name.equals(IDENTIFIER) || name.contains("."));
  }

  /** All hits in order; those that lack a key come last, whatever its direction. */
  List<ObservationKey> of(Criterion filter, SortSpec first, SearchScope scope) {
    List<SortSpec> leading = new ArrayList<>();
    SortSpec spec = first;
    while (spec != null && isResolved(spec)) {
      leading.add(0, spec);
      spec = spec.getChain();
    }
    if (needed(spec)) {
      throw Refused.parameter("_sort", "chains and identifier have to stand before other keys");
    }
    List<Sort> rest = plain.of(spec);
    ObservationQuery query =
        ObservationQuery.of(scope.tenant(), filter, MOST + 1).sortedBy(rest.toArray(Sort[]::new));
    List<ObservationKey> keys =
        new ArrayList<>(observations.search(query).stream().map(ObservationPosition::key).toList());
    if (keys.size() > MOST) {
      throw Refused.parameter(
          "_sort", "an order by chain or identifier is for at most " + MOST + " hits");
    }
    for (SortSpec one : leading) {
      boolean descending = one.getOrder() == SortOrderEnum.DESC;
      Map<ObservationKey, String> values = values(one.getParamName(), descending, keys, scope);
      Comparator<String> order = Comparator.naturalOrder();
      keys.sort(
          Comparator.comparing(
              values::get, Comparator.nullsLast(descending ? order.reversed() : order)));
    }
    return keys;
  }

  private Map<ObservationKey, String> values(
      String name, boolean descending, List<ObservationKey> keys, SearchScope scope) {
    if (name.equals(IDENTIFIER)) {
      return identifiers.of(scope.tenant(), keys, descending);
    }
    int dot = name.indexOf('.');
    int colon = name.indexOf(':');
    String named = colon >= 0 && colon < dot ? name.substring(0, colon) : null;
    RuntimeSearchParam reference =
        parameters.get(SyntheticPid.TYPE, name.substring(named == null ? 0 : colon + 1, dot));
    if (!SearchParameters.isReference(reference)) {
      throw Refused.parameter("_sort", reference.getName() + " is not a reference");
    }
    Set<String> types = parameters.targets(reference, named);
    if (types.size() != 1) {
      throw Refused.parameter("_sort", "name the type of " + reference.getName());
    }
    String type = types.iterator().next();
    if (type.equals(SyntheticPid.TYPE)) {
      throw Refused.parameter("_sort", "a chain to Observations is not supported");
    }
    RuntimeSearchParam wanted = parameters.get(type, name.substring(dot + 1));
    return through(reference, type, wanted, descending, keys, scope);
  }

  private Map<ObservationKey, String> through(
      RuntimeSearchParam reference,
      String type,
      RuntimeSearchParam wanted,
      boolean descending,
      Collection<ObservationKey> keys,
      SearchScope scope) {
    Set<String> paths =
        SearchParameters.paths(reference, SyntheticPid.TYPE).stream()
            .map(ReferencePath::ofLink)
            .map(ReferencePath::path)
            .collect(Collectors.toSet());
    List<FoundLink> links =
        observations.linksFrom(scope.tenant(), keys, paths).stream()
            .filter(found -> found.link().targetPid() != null)
            .filter(found -> type.equals(found.link().targetType()))
            .toList();
    Set<Long> pids = new LinkedHashSet<>();
    links.forEach(found -> pids.add(found.link().targetPid()));
    Map<Long, String> ofTargets = targets.of(type, wanted, pids, descending);
    Map<ObservationKey, String> values = new HashMap<>();
    for (FoundLink found : links) {
      String value = ofTargets.get(found.link().targetPid());
      if (value != null) {
        values.merge(
            found.key(),
            value,
            (left, right) -> (left.compareTo(right) > 0) == descending ? left : right);
      }
    }
    return values;
  }
}
