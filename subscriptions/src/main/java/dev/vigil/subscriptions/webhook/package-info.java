/**
 * Out by HTTP: R4 rest-hook Subscriptions.
 *
 * <p>Comes in: events of the log, from the delivery engine. Goes out: POST requests. Owns no table.
 */
package dev.vigil.subscriptions.webhook;
