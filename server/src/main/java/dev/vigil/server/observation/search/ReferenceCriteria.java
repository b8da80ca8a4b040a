package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.primitive.IdDt;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenParam;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Observations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;

/** References: by id, by address, by identifier, and by what their target is like. */
final class ReferenceCriteria {

  private static final String IDENTIFIER = "identifier";
  private static final String TYPE = "_type";

  private final SearchParameters parameters;
  private final IIdHelperService<JpaPid> ids;
  private final OtherSearches others;
  private final JpaStorageSettings settings;
  private final Observations observations;

  ReferenceCriteria(
      SearchParameters parameters,
      IIdHelperService<JpaPid> ids,
      OtherSearches others,
      JpaStorageSettings settings,
      Observations observations) {
    this.observations = observations;
    this.parameters = parameters;
    this.ids = ids;
    this.others = others;
    this.settings = settings;
  }

  /** Met by Observations that have such a reference at all. */
  static Criterion present(RuntimeSearchParam param) {
    return link(param, null, null, Set.of());
  }

  /** A reference of the parameter to one of these. */
  static Criterion to(RuntimeSearchParam param, Collection<Long> pids) {
    return pids.isEmpty() ? Criteria.NOTHING : link(param, null, pids, Set.of());
  }

  /** Any of the values is met. */
  Criterion of(RuntimeSearchParam param, List<ReferenceParam> any, SearchScope scope) {
    List<Criterion> alternatives = new ArrayList<>();
    List<IIdType> named = new ArrayList<>();
    Set<String> addresses = new LinkedHashSet<>();
    Map<Chain, List<String>> chains = new LinkedHashMap<>();
    for (ReferenceParam value : any) {
      if (value.isMdmExpand()) {
        throw Refused.parameter(param.getName(), "the modifier :mdm is not supported");
      } else if (value.hasChain()) {
        chains
            .computeIfAbsent(
                new Chain(value.getResourceType(), value.getChain()), key -> new ArrayList<>())
            .add(value.getValue());
      } else if (IDENTIFIER.equals(value.getResourceType())) {
        alternatives.add(byIdentifier(param, value));
      } else {
        target(param, value, scope, named, addresses);
      }
    }
    if (!named.isEmpty() || !addresses.isEmpty()) {
      alternatives.add(link(param, null, pids(named, scope), addresses));
    }
    chains.forEach((chain, values) -> alternatives.add(byChain(param, chain, values, scope)));
    return Criteria.any(alternatives);
  }

  /** Values of one chain are asked together: {@code :not} is about all of them. */
  private record Chain(String type, String condition) {}

  private static Criterion byIdentifier(RuntimeSearchParam param, ReferenceParam value) {
    TokenParam identifier = new TokenParam();
    identifier.setValueAsQueryToken(null, param.getName(), null, value.getValue());
    String code = identifier.getValue();
    String name = ParamNames.identifier(param.getName());
    if (code == null || code.isBlank()) {
      throw Refused.parameter(param.getName(), ":identifier needs a value");
    }
    return new Criterion.Token(name, identifier.getSystem(), Set.of(code));
  }

  private void target(
      RuntimeSearchParam param,
      ReferenceParam value,
      SearchScope scope,
      List<IIdType> named,
      Set<String> addresses) {
    String text = value.getValue();
    if (text == null || text.isBlank()) {
      throw Refused.parameter(param.getName(), "a reference is missing");
    }
    IdDt id = new IdDt(value.getBaseUrl(), value.getResourceType(), value.getIdPart(), null);
    if (text.startsWith("urn:")) {
      addresses.add(text);
    } else if (id.hasBaseUrl() && !isLocal(id.getBaseUrl(), scope)) {
      addresses.add(id.getValue());
    } else {
      String type = value.getResourceType();
      if (type != null && !type.isBlank() && !parameters.isType(type)) {
        throw Refused.parameter(param.getName(), "unknown resource type or modifier " + type);
      }
      named.add(
          new IdType(type == null || type.isBlank() ? onlyType(param) : type, value.getIdPart()));
    }
  }

  private boolean isLocal(String base, SearchScope scope) {
    if (settings.getTreatBaseUrlsAsLocal().contains(base)) {
      return true;
    }
    String own = scope.request() == null ? null : scope.request().getFhirServerBase();
    return own != null && (own.equals(base) || base.equals(own + "/"));
  }

  /** {@code patient=1} can mean a Patient only. */
  private static String onlyType(RuntimeSearchParam param) {
    List<ReferencePath> paths = paths(param);
    String type = paths.get(0).type();
    return paths.stream().allMatch(path -> type != null && type.equals(path.type())) ? type : null;
  }

  /** Most are known to the store, which is asked first; HAPI knows the others. */
  private List<Long> pids(List<IIdType> named, SearchScope scope) {
    List<Long> pids = new ArrayList<>();
    List<IIdType> others = new ArrayList<>();
    for (IIdType id : named) {
      OptionalLong known =
          id.hasResourceType()
              ? observations.pid(scope.tenant(), id.getResourceType(), id.getIdPart())
              : OptionalLong.empty();
      known.ifPresentOrElse(pids::add, () -> others.add(id));
    }
    if (!others.isEmpty()) {
      ids.resolveResourcePids(
              scope.partition(), others, ResolveIdentityMode.includeDeleted().cacheOk())
          .forEach(pid -> pids.add(pid.getId()));
    }
    return pids;
  }

  private Criterion byChain(
      RuntimeSearchParam param, Chain chain, List<String> values, SearchScope scope) {
    Set<String> targets = parameters.targets(param, chain.type());
    if (chain.condition().equals(TYPE)) {
      return Criteria.any(
          values.stream()
              .map(
                  type -> {
                    if (!targets.contains(type)) {
                      throw Refused.parameter(param.getName(), "does not refer to " + type);
                    }
                    return link(param, type, null, Set.of());
                  })
              .toList());
    }
    List<String> knowing = others.knowing(targets, chain.condition(), parameters);
    if (knowing.isEmpty()) {
      throw Refused.parameter(
          param.getName() + "." + chain.condition(), "no target of the reference has it");
    }
    Set<Long> found = new LinkedHashSet<>();
    for (String type : knowing) {
      found.addAll(others.find(type, chain.condition(), values, scope));
    }
    return to(param, found);
  }

  private static Criterion link(
      RuntimeSearchParam param, String type, Collection<Long> pids, Set<String> addresses) {
    if (pids != null && pids.isEmpty() && addresses.isEmpty()) {
      return Criteria.NOTHING;
    }
    Map<String, Set<String>> byType = new LinkedHashMap<>();
    for (ReferencePath path : paths(param)) {
      if (type == null || path.type() == null || type.equals(path.type())) {
        byType
            .computeIfAbsent(path.type() == null ? type : path.type(), key -> new LinkedHashSet<>())
            .add(path.path());
      }
    }
    return Criteria.any(
        byType.entrySet().stream()
            .map(entry -> new Criterion.Link(entry.getValue(), entry.getKey(), pids, addresses))
            .toList());
  }

  private static List<ReferencePath> paths(RuntimeSearchParam param) {
    return SearchParameters.paths(param, SyntheticPid.TYPE).stream()
        .map(ReferencePath::ofLink)
        .toList();
  }
}
