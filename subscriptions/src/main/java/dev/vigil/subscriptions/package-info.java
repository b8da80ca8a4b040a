/**
 * Rules, alerts and what leaves by webhook.
 *
 * <p>Comes in: the log and the readings of {@code telemetry}. Goes out: alert events, alert
 * records, HTTP notifications. Owns the PostgreSQL schema {@code subscriptions}.
 */
package dev.vigil.subscriptions;
