package dev.vigil.server.access;

import static dev.vigil.server.access.Permission.CREATE;
import static dev.vigil.server.access.Permission.DELETE;
import static dev.vigil.server.access.Permission.READ;
import static dev.vigil.server.access.Permission.SEARCH;
import static dev.vigil.server.access.Permission.UPDATE;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What each role may do over FHIR, said as SMART scopes. Types are listed, not excluded, so that a
 * type nobody thought of is denied: a Subscription, for one, may carry another system's password.
 *
 * <ul>
 *   <li>physician, nurse: read and search the clinical types and the devices; {@code DetectedIssue}
 *       may be updated, which is acknowledge and resolve
 *   <li>engineer: read and search devices and their metrics
 *   <li>admin: everything on devices, rules, destinations, organizations and conformance resources;
 *       nothing clinical
 *   <li>patient: nothing, until compartments are enforced
 * </ul>
 */
final class RoleScopes {

  private static final List<String> DEVICES = List.of("Device", "DeviceMetric", "DeviceDefinition");

  private static final List<String> CLINICAL =
      List.of(
          "Patient",
          "RelatedPerson",
          "Observation",
          "DetectedIssue",
          "DeviceUseStatement",
          "DeviceRequest",
          "Encounter",
          "EpisodeOfCare",
          "Condition",
          "Procedure",
          "AllergyIntolerance",
          "MedicationRequest",
          "MedicationAdministration",
          "MedicationStatement",
          "DiagnosticReport",
          "RiskAssessment",
          "CarePlan",
          "CareTeam",
          "Goal",
          "Flag",
          "ServiceRequest",
          "Task",
          "Communication",
          "CommunicationRequest",
          "QuestionnaireResponse",
          "DocumentReference",
          "Group");

  private static final List<String> DIRECTORY =
      List.of("Practitioner", "PractitionerRole", "Organization", "Location");

  private static final List<String> DEFINITIONS =
      List.of(
          "PlanDefinition",
          "ActivityDefinition",
          "Questionnaire",
          "CodeSystem",
          "ValueSet",
          "ConceptMap",
          "NamingSystem",
          "StructureDefinition",
          "SearchParameter",
          "OperationDefinition",
          "CapabilityStatement",
          "ImplementationGuide");

  private static final List<String> DESTINATIONS = List.of("Subscription", "Endpoint");

  private RoleScopes() {}

  static SmartScopes of(Role role) {
    List<SmartScope> scopes = new ArrayList<>();
    switch (role) {
      case PHYSICIAN, NURSE -> {
        allow(scopes, CLINICAL, EnumSet.of(READ, SEARCH));
        allow(scopes, DEVICES, EnumSet.of(READ, SEARCH));
        allow(scopes, DIRECTORY, EnumSet.of(READ, SEARCH));
        allow(scopes, DEFINITIONS, EnumSet.of(READ, SEARCH));
        allow(scopes, List.of("DetectedIssue"), EnumSet.of(UPDATE));
      }
      case ENGINEER -> allow(scopes, DEVICES, EnumSet.of(READ, SEARCH));
      case ADMIN -> {
        Set<Permission> all = EnumSet.of(CREATE, READ, UPDATE, DELETE, SEARCH);
        allow(scopes, DEVICES, all);
        allow(scopes, DIRECTORY, all);
        allow(scopes, DEFINITIONS, all);
        allow(scopes, DESTINATIONS, all);
      }
      case PATIENT -> {
        return SmartScopes.NONE;
      }
    }
    return new SmartScopes(scopes);
  }

  private static void allow(List<SmartScope> scopes, List<String> types, Set<Permission> what) {
    types.forEach(type -> scopes.add(new SmartScope("user", type, what)));
  }
}
