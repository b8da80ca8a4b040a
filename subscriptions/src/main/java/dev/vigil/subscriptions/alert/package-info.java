/**
 * The life of an alert: raised, acknowledged, resolved.
 *
 * <p>Comes in: findings of {@code rule}, steps of people. Goes out: alert events in the log,
 * DetectedIssues through a port, lists for the ward page. Owns {@code subscriptions.alert}.
 */
package dev.vigil.subscriptions.alert;
