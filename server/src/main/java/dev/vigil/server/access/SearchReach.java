package dev.vigil.server.access;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a search asks questions about other types than its own. {@code
 * Observation?subject.name=x} tells something about patients even if no Patient is returned, so a
 * chain, {@code _has}, {@code _list} or a chained {@code _sort} needs search on the types it
 * reaches.
 */
final class SearchReach {

  private final AccessDecision decision;

  SearchReach(AccessDecision decision) {
    this.decision = decision;
  }

  /**
   * Whether all types that the parameters reach may be searched; the searched type is not asked.
   */
  boolean allows(String type, Map<String, String[]> parameters, FhirContext context) {
    for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      if (name.equals("_sort")) {
        for (String value : parameter.getValue()) {
          if (value.contains(".") && !allowsAll()) {
            return false;
          }
        }
      } else if (name.equals("_list") && !decision.allows("List", Permission.SEARCH)) {
        return false;
      } else if (!allowsName(type, name, context)) {
        return false;
      }
    }
    return true;
  }

  /**
   * As a condition of a conditional interaction: the searched type has to be searchable too, since
   * the answer tells whether there is a match.
   *
   * @param url with or without the type before the question mark
   */
  boolean allowsUrl(String type, String url, FhirContext context) {
    Map<String, String[]> parameters = new LinkedHashMap<>();
    for (String pair : List.of(url.substring(url.indexOf('?') + 1).split("&"))) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      parameters.put(decode(name), new String[] {decode(value)});
    }
    return decision.allows(type, Permission.SEARCH) && allows(type, parameters, context);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }

  private boolean allowsName(String type, String name, FhirContext context) {
    if (name.startsWith("_has:")) {
      String[] parts = name.split(":", 4);
      return parts.length == 4
          && decision.allows(parts[1], Permission.SEARCH)
          && allowsName(parts[1], parts[3], context);
    }
    int dot = name.indexOf('.');
    if (dot < 0) {
      return true;
    }
    String reference = name.substring(0, dot);
    String rest = name.substring(dot + 1);
    int colon = reference.indexOf(':');
    if (colon >= 0) {
      String target = reference.substring(colon + 1);
      return decision.allows(target, Permission.SEARCH) && allowsName(target, rest, context);
    }
    Set<String> targets = targets(type, reference, context);
    if (targets.isEmpty()) {
      return allowsAll();
    }
    return targets.stream()
        .allMatch(
            target ->
                decision.allows(target, Permission.SEARCH) && allowsName(target, rest, context));
  }

  private static Set<String> targets(String type, String parameter, FhirContext context) {
    if (!context.getResourceTypes().contains(type)) {
      return Set.of();
    }
    RuntimeSearchParam known = context.getResourceDefinition(type).getSearchParam(parameter);
    return known == null ? Set.of() : known.getTargets();
  }

  private boolean allowsAll() {
    return decision.allows(SmartScope.ANY_TYPE, Permission.SEARCH);
  }
}
