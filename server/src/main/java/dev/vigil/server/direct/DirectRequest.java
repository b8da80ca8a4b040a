package dev.vigil.server.direct;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterAnd;
import ca.uhn.fhir.rest.api.QualifiedParamList;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.param.ReferenceAndListParam;
import ca.uhn.fhir.rest.param.TokenAndListParam;
import ca.uhn.fhir.util.UrlUtil;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Permission;
import dev.vigil.telemetry.observation.ObservationKey;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A request that can go the short way: nothing in it asks for anything but the usual.
 *
 * @param kind what is asked
 * @param id of a read; null for the others
 * @param parameters decoded, as HAPI decodes them; names without modifiers and chains
 * @param text what stands behind the type in the address, from which the same can be read again
 */
record DirectRequest(Kind kind, String id, Map<String, String[]> parameters, String text) {

  enum Kind {
    READ,
    SEARCH,
    COUNT,
    LASTN
  }

  static final String LASTN = "$lastn";
  static final String PATIENT = "patient";
  static final String DATE = "date";
  static final String COUNT = "_count";
  static final String SORT = "_sort";
  static final String MAX = "max";
  static final String SUMMARY = "_summary";

  /** Codes; each may name several, and hold no escape. */
  static final Set<String> TOKENS = Set.of("code", "category", "status", "identifier");

  private static final String TYPE = "/fhir/Observation";

  /** Headers that change nothing about what a read answers. */
  private static final Set<String> HARMLESS =
      Set.of(
          "host",
          "connection",
          "content-type",
          "content-length",
          "accept",
          "accept-encoding",
          "accept-language",
          "cache-control",
          "pragma",
          "authorization",
          "user-agent",
          "traceparent",
          "tracestate",
          "upgrade",
          "http2-settings");

  private static final Set<String> ACCEPTED = Set.of("application/fhir+json", "*/*");
  private static final Set<String> SORTS = Set.of(DATE, "-" + DATE);

  private static final Pattern PLAIN_QUERY = Pattern.compile("[A-Za-z0-9\\-._~%+=&|:,/]{1,2000}");
  private static final Pattern REFERENCE = Pattern.compile("(?:Patient/)?[A-Za-z0-9\\-.]{1,64}");
  private static final Pattern TOKEN =
      Pattern.compile("[^\\p{Cntrl}\\s\\\\,$]+(?:,[^\\p{Cntrl}\\s\\\\,$]+){0,19}");
  private static final Pattern BOUND =
      Pattern.compile("(?:g[et]|l[et])\\d{4}-\\d{2}-\\d{2}T[0-9:.]+(?:Z|[+-]\\d{2}:\\d{2})");
  private static final Pattern PAGE = Pattern.compile("[1-9]\\d?|1\\d\\d|200");
  private static final Pattern SMALL = Pattern.compile("[1-9]\\d{0,2}");

  /** Empty for what HAPI has to look at itself. */
  static Optional<DirectRequest> of(HttpServletRequest request) {
    return request.getMethod().equals("GET")
            && request.getRequestURI().startsWith(TYPE)
            && asksForTheUsual(request)
        ? of(request.getRequestURI().substring(TYPE.length()), request.getQueryString())
        : Optional.empty();
  }

  private static boolean asksForTheUsual(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    String type = request.getContentType(); // Of the body that a GET has not.
    String cached = request.getHeader("Cache-Control"); // HAPI keeps no answers for others.
    return (accept == null || ACCEPTED.contains(accept))
        && (type == null || type.equals("application/fhir+json"))
        && request.getContentLengthLong() <= 0
        && (cached == null || cached.equals("no-cache"))
        && Collections.list(request.getHeaderNames()).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .allMatch(HARMLESS::contains);
  }

  /** The one that has this {@link #text}. */
  static Optional<DirectRequest> of(String text) {
    int query = text.indexOf('?');
    return query < 0 ? of(text, null) : of(text.substring(0, query), text.substring(query + 1));
  }

  /**
   * @param below what stands behind the type in the address
   * @param query as it came; null for none
   */
  static Optional<DirectRequest> of(String below, String query) {
    if (query == null) {
      String id = below.isEmpty() ? below : below.substring(1);
      return below.startsWith("/") && ObservationKey.ofId(id).isPresent()
          ? Optional.of(new DirectRequest(Kind.READ, id, Map.of(), below))
          : Optional.empty();
    }
    boolean lastN = below.equals("/" + LASTN);
    if (!below.isEmpty() && !lastN || !PLAIN_QUERY.matcher(query).matches()) {
      return Optional.empty();
    }
    Map<String, String[]> parameters = new HashMap<>(UrlUtil.parseQueryString(query));
    String text = below + "?" + query;
    return lastN ? lastN(parameters, text) : search(parameters, text);
  }

  private static Optional<DirectRequest> search(Map<String, String[]> parameters, String text) {
    boolean count = parameters.containsKey(SUMMARY);
    boolean selective = parameters.containsKey(PATIENT) || parameters.containsKey("identifier");
    for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
      List<String> values = List.of(parameter.getValue());
      boolean plain =
          switch (parameter.getKey()) {
            case DATE -> bounds(values);
            case SORT -> !count && one(values) && SORTS.contains(values.get(0));
            case COUNT -> !count && one(values) && PAGE.matcher(values.get(0)).matches();
            case SUMMARY -> values.equals(List.of("count"));
            default -> criterion(parameter.getKey(), values);
          };
      if (!plain) {
        return Optional.empty();
      }
    }
    return selective
        ? Optional.of(new DirectRequest(count ? Kind.COUNT : Kind.SEARCH, null, parameters, text))
        : Optional.empty();
  }

  private static Optional<DirectRequest> lastN(Map<String, String[]> parameters, String text) {
    for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
      List<String> values = List.of(parameter.getValue());
      boolean plain =
          switch (parameter.getKey()) {
            case MAX -> one(values) && SMALL.matcher(values.get(0)).matches();
            case COUNT -> one(values) && PAGE.matcher(values.get(0)).matches();
            case "identifier", "status" -> false;
            default -> criterion(parameter.getKey(), values);
          };
      if (!plain) {
        return Optional.empty();
      }
    }
    return parameters.containsKey(PATIENT)
        ? Optional.of(new DirectRequest(Kind.LASTN, null, parameters, text))
        : Optional.empty();
  }

  private static boolean criterion(String name, List<String> values) {
    return one(values)
        && (name.equals(PATIENT)
            ? REFERENCE.matcher(values.get(0)).matches()
            : TOKENS.contains(name) && TOKEN.matcher(values.get(0)).matches());
  }

  private static boolean one(List<String> values) {
    return values.size() == 1;
  }

  /** At most one bound on each side, in their order; whatever else HAPI has to judge. */
  private static boolean bounds(List<String> values) {
    return values.stream().allMatch(value -> BOUND.matcher(value).matches())
        && (one(values) || values.size() == 2 && isSpan(values));
  }

  private static boolean isSpan(List<String> values) {
    String low = values.get(values.get(0).startsWith("g") ? 0 : 1);
    String high = values.get(values.get(0).startsWith("g") ? 1 : 0);
    try {
      return low.startsWith("g") && high.startsWith("l") && moment(low).isBefore(moment(high));
    } catch (DateTimeParseException notATime) { // HAPI says so.
      return false;
    }
  }

  private static Instant moment(String bound) {
    return OffsetDateTime.parse(bound.substring(2)).toInstant();
  }

  /** Empty if the parameter is not given. */
  Optional<String> value(String name) {
    String[] values = parameters.get(name);
    return values == null ? Optional.empty() : Optional.of(values[0]);
  }

  /** Whether the caller may ask this and see the answer; a refusal is HAPI's to say. */
  boolean allowed(AccessDecision caller) {
    return switch (kind) {
      case READ -> caller.allows("Observation", Permission.READ);
      case SEARCH, COUNT -> caller.allows("Observation", Permission.SEARCH);
      case LASTN -> caller.allowsOperation(LASTN, "Observation");
    };
  }

  /** As HAPI's provider makes it. */
  SearchParameterMap map(FhirContext context) {
    SearchParameterMap map = new SearchParameterMap();
    for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      if (name.equals(PATIENT)) {
        map.add(name, filled(context, new ReferenceAndListParam(), name, parameter.getValue()));
      } else if (name.equals(DATE)) {
        map.add(name, filled(context, new DateRangeParam(), name, parameter.getValue()));
      } else if (TOKENS.contains(name)) {
        map.add(name, filled(context, new TokenAndListParam(), name, parameter.getValue()));
      }
    }
    value(COUNT).map(Integer::valueOf).ifPresent(map::setCount);
    value(SORT)
        .ifPresent(
            sort ->
                map.setSort(
                    new SortSpec(
                        DATE, sort.startsWith("-") ? SortOrderEnum.DESC : SortOrderEnum.ASC)));
    if (kind == Kind.LASTN) {
      map.setLastN(true);
      value(MAX).map(Integer::valueOf).ifPresent(map::setLastNMax);
    }
    return map;
  }

  private static <P extends IQueryParameterAnd<?>> P filled(
      FhirContext context, P parameter, String name, String[] values) {
    parameter.setValuesAsQueryTokens(
        context,
        name,
        Arrays.stream(values)
            .map(value -> QualifiedParamList.splitQueryStringByCommasIgnoreEscape(null, value))
            .toList());
    return parameter;
  }
}
