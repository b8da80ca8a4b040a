package dev.vigil.server.access;

import java.util.Map;
import java.util.Set;

/**
 * Which scope a FHIR operation needs on the type it is called on. An operation that is not listed
 * is denied: add it here with what it does.
 */
final class FhirOperationAccess {

  private static final Map<String, Permission> NEEDS =
      Map.ofEntries(
          Map.entry("$everything", Permission.READ),
          Map.entry("$meta", Permission.READ),
          Map.entry("$diff", Permission.READ),
          Map.entry("$expand", Permission.READ),
          Map.entry("$lookup", Permission.READ),
          Map.entry("$validate-code", Permission.READ),
          Map.entry("$translate", Permission.READ),
          Map.entry("$subsumes", Permission.READ),
          Map.entry("$snapshot", Permission.READ),
          Map.entry("$status", Permission.READ),
          Map.entry("$events", Permission.READ),
          Map.entry("$lastn", Permission.SEARCH),
          Map.entry("$meta-add", Permission.UPDATE),
          Map.entry("$meta-delete", Permission.UPDATE));

  /** They change an alert's state; on no other type do they exist. */
  private static final Set<String> ALERT_STEPS = Set.of("$acknowledge", "$resolve");

  /** They find Observations and tell what these say; on no other type do they exist. */
  private static final Set<String> FIGURES = Set.of("$series", "$stats");

  /** Takes a person and all that is theirs away for good. */
  private static final String ERASE = "$erase";

  private static final Set<String> EXPORTS = Set.of("$export", "$export-poll-status", "$graphql");

  private FhirOperationAccess() {}

  /**
   * Whether the operation may be called.
   *
   * @param operation with its dollar sign
   * @param type the type it is called on; null for the whole server
   */
  static boolean allows(String operation, String type, AccessDecision decision) {
    if (operation == null) {
      return false;
    }
    if (EXPORTS.contains(operation)) {
      return decision.system() && decision.readsEverything();
    }
    if (type == null) {
      return false;
    }
    if (operation.equals("$validate")) {
      return touches(type, decision);
    }
    if (FIGURES.contains(operation)) {
      return type.equals("Observation")
          && decision.allows(type, Permission.READ)
          && decision.allows(type, Permission.SEARCH);
    }
    if (operation.equals(ERASE)) {
      return type.equals("Patient") && decision.system() && decision.deletesEverything();
    }
    if (ALERT_STEPS.contains(operation)) {
      return type.equals("DetectedIssue") && decision.allows(type, Permission.UPDATE);
    }
    Permission needed = NEEDS.get(operation);
    return needed != null && decision.allows(type, needed);
  }

  /**
   * Whether anybody may call the operation.
   *
   * @param operation with its dollar sign
   * @param type the type it is called on; null for the whole server
   */
  static boolean offered(String operation, String type) {
    return EXPORTS.contains(operation)
        || type != null
            && (operation.equals("$validate")
                || NEEDS.containsKey(operation)
                || operation.equals(ERASE) && type.equals("Patient")
                || FIGURES.contains(operation) && type.equals("Observation")
                || ALERT_STEPS.contains(operation) && type.equals("DetectedIssue"));
  }

  /** Who may do anything with a type may ask whether an instance of it is well formed. */
  private static boolean touches(String type, AccessDecision decision) {
    for (Permission permission : Permission.values()) {
      if (decision.allows(type, permission)) {
        return true;
      }
    }
    return false;
  }
}
