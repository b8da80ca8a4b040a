/**
 * Alerts on the FHIR store: DetectedIssue resources, rules from PlanDefinition, the operations of
 * clinicians.
 *
 * <p>Comes in: readings by way of the log, {@code $acknowledge} and {@code $resolve}. Goes out:
 * DetectedIssue resources. Owns no table; {@code subscriptions} keeps the alerts.
 */
package dev.vigil.server.alert;
