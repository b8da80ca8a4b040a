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

  /** It reaches across types. */
  private static final String GRAPHQL = "$graphql";

  /**
   * They read what the caller may read, and ask type by type themselves: each leaves out or refuses
   * the rest.
   */
  private static final Set<String> EXPORTS = Set.of("$export", "$export-poll-status");

  /** They write what the caller may write, and ask resource by resource themselves. */
  private static final Set<String> IMPORTS = Set.of("$import", "$import-poll-status");

  /** A file of either, given to who asked for it. */
  private static final String FILE = "$bulk-file";

  private static final Set<String> EXPORTED_TYPES = Set.of("Patient", "Group");

  /** Takes a stream of new Observations, and looks for each whether it is known. */
  private static final String INGEST = "$ingest";

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
    if (operation.equals(GRAPHQL)) {
      return decision.system() && decision.readsEverything();
    }
    if (EXPORTS.contains(operation)) {
      return exportOf(operation, type) && decision.system() && decision.readsSomething();
    }
    if (IMPORTS.contains(operation)) {
      return type == null && decision.system() && decision.writesSomething();
    }
    if (operation.equals(FILE)) {
      return type == null
          && decision.system()
          && (decision.readsSomething() || decision.writesSomething());
    }
    if (type == null) {
      return false;
    }
    if (operation.equals(INGEST)) {
      return type.equals("Observation")
          && decision.system()
          && decision.allows(type, Permission.CREATE)
          && decision.allows(type, Permission.SEARCH);
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
    return operation.equals(GRAPHQL)
        || EXPORTS.contains(operation) && exportOf(operation, type)
        || type == null && (IMPORTS.contains(operation) || operation.equals(FILE))
        || type != null
            && (operation.equals("$validate")
                || NEEDS.containsKey(operation)
                || operation.equals(ERASE) && type.equals("Patient")
                || FIGURES.contains(operation) && type.equals("Observation")
                || operation.equals(INGEST) && type.equals("Observation")
                || ALERT_STEPS.contains(operation) && type.equals("DetectedIssue"));
  }

  private static boolean exportOf(String operation, String type) {
    return type == null || operation.equals("$export") && EXPORTED_TYPES.contains(type);
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
