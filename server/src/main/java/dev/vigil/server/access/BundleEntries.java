package dev.vigil.server.access;

import ca.uhn.fhir.context.FhirContext;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;

/**
 * Judges the entries of a Bundle by their method and URL. Entries that read are left to HAPI, which
 * runs each as a request of its own through all gates.
 */
final class BundleEntries {

  private final AccessDecision decision;
  private final SearchReach reach;
  private final FhirContext context;

  BundleEntries(AccessDecision decision, FhirContext context) {
    this.decision = decision;
    this.reach = new SearchReach(decision);
    this.context = context;
  }

  /** Whether every writing entry is allowed. */
  boolean allAllowed(Bundle bundle) {
    return bundle.getEntry().stream().allMatch(this::allowed);
  }

  private boolean allowed(BundleEntryComponent entry) {
    if (!entry.hasRequest() || !entry.getRequest().hasMethod()) {
      return true; // HAPI refuses it: 400
    }
    String url = entry.getRequest().getUrl() == null ? "" : entry.getRequest().getUrl();
    String type = typeIn(url);
    return switch (entry.getRequest().getMethod()) {
      case GET, HEAD -> true;
      case POST -> allowsPost(entry, type, url);
      case PUT, PATCH -> decision.allows(type, Permission.UPDATE) && allowsCondition(type, url);
      case DELETE -> decision.allows(type, Permission.DELETE) && allowsCondition(type, url);
      default -> false;
    };
  }

  private boolean allowsPost(BundleEntryComponent entry, String type, String url) {
    if (url.contains("$")) {
      return false; // operations go to their own URL
    }
    String stored = entry.hasResource() ? entry.getResource().fhirType() : type;
    String condition = entry.getRequest().getIfNoneExist();
    return stored.equals(type)
        && decision.allows(type, Permission.CREATE)
        && (condition == null || reach.allowsUrl(type, condition, context));
  }

  private boolean allowsCondition(String type, String url) {
    return !url.contains("?") || reach.allowsUrl(type, url, context);
  }

  private static String typeIn(String url) {
    String path = url.contains("?") ? url.substring(0, url.indexOf('?')) : url;
    for (String part : path.split("/")) {
      if (!part.isEmpty() && Character.isUpperCase(part.charAt(0))) {
        return part;
      }
    }
    return "";
  }
}
