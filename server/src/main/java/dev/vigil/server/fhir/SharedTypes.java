package dev.vigil.server.fhir;

import java.util.Set;

/** Types besides HAPI's own non-partitionable ones whose resources all tenants share. */
public final class SharedTypes {

  private static final Set<String> NAMES =
      Set.of(
          "PlanDefinition",
          "ActivityDefinition",
          "ImplementationGuide",
          "Basic",
          "GraphDefinition");

  private SharedTypes() {}

  /** Whether a type is one of them. */
  public static boolean contains(String type) {
    return NAMES.contains(type);
  }
}
