package dev.vigil.subscriptions.rule;

/** Names of the guide's rule profile, as the PlanDefinitions carry them. */
final class RuleVocabulary {

  static final String CANONICAL = "https://vigil.dev/fhir/PlanDefinition/";
  static final String PROFILE = "https://vigil.dev/fhir/StructureDefinition/rule";
  static final String SIGNAL = "https://vigil.dev/fhir/StructureDefinition/rule-signal";
  static final String CLAUSE = "https://vigil.dev/fhir/StructureDefinition/rule-clause";
  static final String CLEARING = "https://vigil.dev/fhir/StructureDefinition/rule-clearing";
  static final String ACTION_SYSTEM = "https://vigil.dev/fhir/CodeSystem/rule-action";
  static final String RAISE = "raise";
  static final String CLEAR = "clear";
  static final String DEVICE_REPLACED = "device-replaced";

  private RuleVocabulary() {}
}
