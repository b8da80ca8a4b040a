/**
 * Durable delivery of events to the outside: a cursor for each destination, retries with backoff,
 * dead letters.
 *
 * <p>Comes in: the log. Goes out: calls of a {@code Channel}. Owns {@code telemetry.delivery} and
 * {@code telemetry.dead_letter}.
 */
package dev.vigil.telemetry.delivery;
