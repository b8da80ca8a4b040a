package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.searchparam.util.JpaParamUtil;
import ca.uhn.fhir.jpa.searchparam.util.JpaParamUtil.ComponentAndCorrespondingParam;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.SearchContainedModeEnum;
import ca.uhn.fhir.rest.param.CompositeParam;
import ca.uhn.fhir.rest.param.DateParam;
import ca.uhn.fhir.rest.param.HasParam;
import ca.uhn.fhir.rest.param.NumberParam;
import ca.uhn.fhir.rest.param.QuantityParam;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.StringParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.param.UriParam;
import ca.uhn.fhir.rest.param.UriParamQualifierEnum;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;

/** A search for Observations, translated into the store's words; what cannot be is refused. */
final class ObservationCriteria {

  /** Elements the parts of a composite parameter may meet on. */
  private static final Set<String> ELEMENTS = Set.of("Observation", "Observation.component");

  private final SearchParameters parameters;
  private final IIdHelperService<JpaPid> ids;
  private final TokenCriteria tokens;
  private final DateCriteria dates;
  private final ReferenceCriteria references;
  private final ReverseSearches reverse;

  ObservationCriteria(
      SearchParameters parameters,
      IIdHelperService<JpaPid> ids,
      TokenCriteria tokens,
      DateCriteria dates,
      ReferenceCriteria references,
      ReverseSearches reverse) {
    this.parameters = parameters;
    this.ids = ids;
    this.tokens = tokens;
    this.dates = dates;
    this.references = references;
    this.reverse = reverse;
  }

  /** What an Observation has to meet to be found. */
  Criterion of(SearchParameterMap map, SearchScope scope) {
    if (map.getSearchContainedMode() != null
        && map.getSearchContainedMode() != SearchContainedModeEnum.FALSE) {
      throw Refused.parameter("_contained", "not supported");
    }
    List<Criterion> all = new ArrayList<>();
    for (Map.Entry<String, List<List<IQueryParameterType>>> entry : map.entrySet()) {
      for (List<IQueryParameterType> any : entry.getValue()) {
        if (!any.isEmpty()) {
          all.add(parameter(entry.getKey(), any, scope));
        }
      }
    }
    all.addAll(UpdatedCriteria.of(map.getLastUpdated()));
    return Criteria.all(all);
  }

  private Criterion parameter(String name, List<IQueryParameterType> any, SearchScope scope) {
    return switch (name) {
      case Constants.PARAM_ID -> byId(any, scope);
      case Constants.PARAM_PID -> byPid(any);
      case Constants.PARAM_HAS -> has(any.stream().map(HasParam.class::cast).toList(), scope);
      case Constants.PARAM_TEXT, Constants.PARAM_CONTENT ->
          throw Refused.parameter(name, "full-text search is not enabled on this server");
      case Constants.PARAM_FILTER -> throw Refused.parameter(name, "not enabled on this server");
      case Constants.PARAM_LASTUPDATED ->
          Criteria.any(any.stream().map(DateParam.class::cast).map(UpdatedCriteria::of).toList());
      case ParamNames.TAG, ParamNames.SECURITY -> typed(name, null, any, scope);
      case ParamNames.PROFILE -> addresses(name, any);
      case ParamNames.SOURCE -> source(any);
      default -> typed(name, parameters.get(SyntheticPid.TYPE, name), any, scope);
    };
  }

  /**
   * @param param null for those that HAPI handles without one
   */
  private Criterion typed(
      String name, RuntimeSearchParam param, List<IQueryParameterType> any, SearchScope scope) {
    Boolean missing = any.get(0).getMissing();
    if (missing != null) {
      return Criteria.missing(missing, present(name, param));
    }
    if (SearchParameters.isReference(param)) {
      return references.of(param, any.stream().map(ReferenceParam.class::cast).toList(), scope);
    }
    List<Criterion> alternatives = new ArrayList<>();
    boolean negated = false;
    for (IQueryParameterType value : any) {
      if (value instanceof CompositeParam<?, ?> composite) {
        alternatives.addAll(composite(param, composite));
      } else {
        alternatives.addAll(entries(name, value));
      }
      negated |= value instanceof TokenParam token && TokenCriteria.negated(token);
    }
    Criterion found = Criteria.any(alternatives);
    return negated ? new Criterion.Not(found) : found;
  }

  private List<Criterion.OnEntry> entries(String name, IQueryParameterType value) {
    if (value instanceof TokenParam token) {
      return tokens.of(name, token);
    } else if (value instanceof DateParam date) {
      return dates.of(name, date);
    } else if (value instanceof QuantityParam quantity) {
      return AmountCriteria.of(name, quantity);
    } else if (value instanceof NumberParam number) {
      return AmountCriteria.of(name, number);
    } else if (value instanceof StringParam text) {
      return TextCriteria.of(name, text);
    } else if (value instanceof UriParam uri) {
      return TextCriteria.of(name, uri);
    }
    throw Refused.parameter(name, "a parameter of this type is not supported");
  }

  private Criterion present(String name, RuntimeSearchParam param) {
    if (param != null) {
      switch (param.getParamType()) {
        case REFERENCE:
          return ReferenceCriteria.present(param);
        case COMPOSITE:
          return new Criterion.SameElement(
              parts(param).stream()
                  .<Criterion.OnEntry>map(part -> new Criterion.Present(part.getName()))
                  .toList());
        default:
          break;
      }
    }
    return new Criterion.Present(name);
  }

  private List<Criterion> composite(RuntimeSearchParam param, CompositeParam<?, ?> value) {
    List<RuntimeSearchParam> parts = parts(param);
    List<Criterion> alternatives = new ArrayList<>();
    for (Criterion.OnEntry left : entries(parts.get(0).getName(), value.getLeftValue())) {
      for (Criterion.OnEntry right : entries(parts.get(1).getName(), value.getRightValue())) {
        alternatives.add(new Criterion.SameElement(List.of(left, right)));
      }
    }
    return alternatives;
  }

  private List<RuntimeSearchParam> parts(RuntimeSearchParam composite) {
    List<RuntimeSearchParam> parts =
        JpaParamUtil.resolveCompositeComponents(parameters.registry(), composite).stream()
            .map(ComponentAndCorrespondingParam::getComponentParameter)
            .toList();
    List<String> paths =
        SearchParameters.paths(composite, SyntheticPid.TYPE).stream().map(String::trim).toList();
    if (parts.size() != 2 || !ELEMENTS.containsAll(paths)) {
      throw Refused.parameter(
          composite.getName(), "only composites of two parts of one element are supported");
    }
    return parts;
  }

  private Criterion has(List<HasParam> any, SearchScope scope) {
    for (HasParam value : any) {
      String text = value.getParameterValue();
      // HAPI turns _list into this, and escapes the name; no id holds such a sign.
      if (value.getTargetResourceType().equals("List") && text != null && text.contains("$")) {
        throw Refused.parameter("_list", "functional lists are not supported");
      }
    }
    return new Criterion.KeyIn(ObservationKeys.of(reverse.targets(SyntheticPid.TYPE, any, scope)));
  }

  private Criterion byId(List<IQueryParameterType> any, SearchScope scope) {
    List<IIdType> named = new ArrayList<>();
    boolean negated = false;
    for (IQueryParameterType value : any) {
      String text = value.getValueAsQueryToken();
      if (text != null && text.startsWith("|")) {
        text = text.substring(1);
      }
      if (text != null && !text.isBlank()) {
        IdType id = new IdType(text);
        named.add(id.hasResourceType() ? id : new IdType(SyntheticPid.TYPE, id.getIdPart()));
      }
      negated |= value instanceof TokenParam token && TokenCriteria.negated(token);
    }
    if (named.isEmpty()) {
      throw Refused.parameter(Constants.PARAM_ID, "an id is missing");
    }
    List<Long> pids =
        ids
            .resolveResourcePids(
                scope.partition(), named, ResolveIdentityMode.includeDeleted().cacheOk())
            .stream()
            .map(JpaPid::getId)
            .toList();
    Criterion found = new Criterion.KeyIn(ObservationKeys.of(pids));
    return negated ? new Criterion.Not(found) : found;
  }

  private static Criterion byPid(List<IQueryParameterType> any) {
    return new Criterion.KeyIn(
        ObservationKeys.of(
            any.stream().map(value -> Long.valueOf(value.getValueAsQueryToken())).toList()));
  }

  /** HAPI reads {@code _profile} as one of several types. */
  private static Criterion addresses(String name, List<IQueryParameterType> any) {
    Boolean missing = any.get(0).getMissing();
    if (missing != null) {
      return Criteria.missing(missing, new Criterion.Present(name));
    }
    List<Criterion> alternatives = new ArrayList<>();
    boolean negated = false;
    for (IQueryParameterType value : any) {
      UriParamQualifierEnum qualifier =
          value instanceof UriParam uri
              ? uri.getQualifier()
              : UriParamQualifierEnum.forValue(value.getQueryParameterQualifier());
      String text =
          value instanceof ReferenceParam reference
              ? reference.getValue()
              : value instanceof UriParam uri ? uri.getValue() : value.getValueAsQueryToken();
      alternatives.addAll(TextCriteria.uri(name, text, qualifier));
      negated |= value instanceof TokenParam token && TokenCriteria.negated(token);
    }
    Criterion found = Criteria.any(alternatives);
    return negated ? new Criterion.Not(found) : found;
  }

  private static Criterion source(List<IQueryParameterType> any) {
    for (IQueryParameterType value : any) {
      String text = value.getValueAsQueryToken();
      if (value.getMissing() == null && text != null && text.contains("#")) {
        throw Refused.parameter(
            ParamNames.SOURCE, "a request cannot be searched for, only the address before #");
      }
    }
    return addresses(ParamNames.SOURCE, any);
  }
}
