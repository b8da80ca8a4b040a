package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.param.HasParam;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenParam;
import dev.vigil.server.observation.SyntheticPid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Searches for what HAPI keeps, with conditions that reach Observations by chain or {@code _has}.
 * HAPI would look for them in its own tables and find none, so such a condition is answered first
 * and becomes a list of HAPI's numbers.
 */
final class ReferringSearches {

  /** PostgreSQL takes 65,535 values in a statement. */
  private static final int MOST = 30_000;

  private static final String TYPE = "_type";
  private static final String NOBODY = "0";

  private final SearchParameters parameters;
  private final OtherSearches others;
  private final ReverseSearches reverse;
  private final ResourceLinks links;

  ReferringSearches(
      SearchParameters parameters,
      OtherSearches others,
      ReverseSearches reverse,
      ResourceLinks links) {
    this.parameters = parameters;
    this.others = others;
    this.reverse = reverse;
    this.links = links;
  }

  /**
   * The same search in words that HAPI's tables can answer; the map itself if they can already.
   *
   * @param plain what HAPI alone finds for a search of this type
   */
  SearchParameterMap rewrite(
      String type,
      SearchParameterMap map,
      SearchScope scope,
      Function<SearchParameterMap, Set<Long>> plain) {
    refuseSort(type, map.getSort());
    SearchParameterMap rewritten = null;
    for (Map.Entry<String, List<List<IQueryParameterType>>> entry : map.entrySet()) {
      String name = entry.getKey();
      List<List<IQueryParameterType>> kept = new ArrayList<>();
      List<Set<Long>> answered = new ArrayList<>();
      for (List<IQueryParameterType> any : entry.getValue()) {
        Set<Long> pids = answer(type, name, any, scope, plain);
        if (pids == null) {
          kept.add(any);
        } else {
          answered.add(pids);
        }
      }
      if (!answered.isEmpty()) {
        rewritten = rewritten == null ? map.clone() : rewritten;
        rewritten.put(name, kept);
        for (Set<Long> pids : answered) {
          rewritten.addOrList(Constants.PARAM_PID, values(name, pids));
        }
      }
    }
    return rewritten == null ? map : rewritten;
  }

  private static List<IQueryParameterType> values(String name, Set<Long> pids) {
    if (pids.size() > MOST) {
      throw Refused.parameter(name, "finds more resources than a condition may");
    }
    List<IQueryParameterType> values = new ArrayList<>();
    pids.forEach(pid -> values.add(new TokenParam(pid.toString())));
    if (values.isEmpty()) {
      values.add(new TokenParam(NOBODY));
    }
    return values;
  }

  /** Null when HAPI can answer it. */
  private Set<Long> answer(
      String type,
      String name,
      List<IQueryParameterType> any,
      SearchScope scope,
      Function<SearchParameterMap, Set<Long>> plain) {
    if (any.isEmpty()) {
      return null;
    }
    if (name.equals(Constants.PARAM_HAS)) {
      List<HasParam> has = any.stream().map(HasParam.class::cast).toList();
      return reaches(has.get(0)) ? reverse.targets(type, has, scope) : null;
    }
    RuntimeSearchParam param = parameters.find(type, name);
    return SearchParameters.isReference(param) && any.stream().anyMatch(one -> reaches(param, one))
        ? byChains(type, param, any, scope, plain)
        : null;
  }

  private Set<Long> byChains(
      String type,
      RuntimeSearchParam param,
      List<IQueryParameterType> any,
      SearchScope scope,
      Function<SearchParameterMap, Set<Long>> plain) {
    Set<Long> found = new LinkedHashSet<>();
    if (any.stream().anyMatch(one -> !onlyObservations(one))) {
      found.addAll(plain.apply(new SearchParameterMap().addOrList(param.getName(), any)));
    }
    List<String> paths = SearchParameters.paths(param, type);
    Map<List<String>, List<String>> valuesOfChains = new LinkedHashMap<>();
    for (IQueryParameterType one : any) {
      if (one instanceof ReferenceParam reference && reference.hasChain()) {
        for (String target : parameters.targets(param, reference.getResourceType())) {
          if (reaches(target, reference.getChain())) {
            valuesOfChains
                .computeIfAbsent(List.of(target, reference.getChain()), key -> new ArrayList<>())
                .add(reference.getValue());
          }
        }
      }
    }
    valuesOfChains.forEach(
        (chain, values) -> {
          Set<Long> targets = targets(type, paths, chain.get(0), chain.get(1), values, scope);
          if (!targets.isEmpty()) {
            found.addAll(links.sources(targets, paths, type));
          }
        });
    return found;
  }

  /** Of Observations only those that are referred to are asked: they are few. */
  private Set<Long> targets(
      String type,
      List<String> paths,
      String target,
      String condition,
      List<String> values,
      SearchScope scope) {
    SearchParameterMap map = others.map(target, condition, values);
    if (target.equals(SyntheticPid.TYPE)) {
      Set<Long> referred = links.referred(type, paths, target, scope.partition().getPartitionIds());
      if (referred.isEmpty()) {
        return Set.of();
      }
      List<IQueryParameterType> these = new ArrayList<>();
      referred.forEach(pid -> these.add(new TokenParam(pid.toString())));
      map.addOrList(Constants.PARAM_PID, these);
    }
    return others.find(target, map, scope);
  }

  private static boolean onlyObservations(IQueryParameterType value) {
    return value instanceof ReferenceParam reference
        && reference.hasChain()
        && SyntheticPid.TYPE.equals(reference.getResourceType());
  }

  private boolean reaches(RuntimeSearchParam param, IQueryParameterType value) {
    return value instanceof ReferenceParam reference
        && reference.hasChain()
        && !reference.getChain().equals(TYPE)
        && parameters.targets(param, reference.getResourceType()).stream()
            .anyMatch(target -> reaches(target, reference.getChain()));
  }

  private boolean reaches(HasParam has) {
    return reachesBack(has.getTargetResourceType(), has.getParameterName());
  }

  private boolean reachesBack(String source, String condition) {
    return source.equals(SyntheticPid.TYPE) || passes(source, condition);
  }

  /** Whether a condition on a type asks Observations something. */
  private boolean reaches(String type, String condition) {
    return type.equals(SyntheticPid.TYPE)
        ? parameters.knows(type, condition)
        : passes(type, condition);
  }

  /** Whether a condition on a type of HAPI's asks Observations something further on. */
  private boolean passes(String type, String condition) {
    if (condition.startsWith(Constants.PARAM_HAS + ":")) {
      String[] parts = condition.split(":", 4);
      return parts.length == 4 && reachesBack(parts[1], parts[3]);
    }
    int dot = condition.indexOf('.');
    if (dot < 0) {
      return false;
    }
    RuntimeSearchParam param = parameters.find(type, SearchParameters.head(condition));
    if (!SearchParameters.isReference(param)) {
      return false;
    }
    int colon = condition.indexOf(':');
    String named = colon >= 0 && colon < dot ? condition.substring(colon + 1, dot) : null;
    String rest = condition.substring(dot + 1);
    return !rest.equals(TYPE)
        && parameters.targets(param, named).stream().anyMatch(target -> reaches(target, rest));
  }

  private void refuseSort(String type, SortSpec first) {
    for (SortSpec spec = first; spec != null; spec = spec.getChain()) {
      String name = spec.getParamName();
      int dot = name == null ? -1 : name.indexOf('.');
      if (dot < 0) {
        continue;
      }
      int colon = name.indexOf(':');
      String named = colon >= 0 && colon < dot ? name.substring(0, colon) : null;
      RuntimeSearchParam param =
          parameters.find(type, name.substring(named == null ? 0 : colon + 1, dot));
      if (SearchParameters.isReference(param)
          && parameters.targets(param, named).equals(Set.of(SyntheticPid.TYPE))) {
        throw Refused.parameter("_sort", "a chain to Observations is not supported");
      }
    }
  }
}
