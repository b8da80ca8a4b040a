/**
 * The event log: append-only, gap-free in order, hash-chained.
 *
 * <p>Comes in: events, in the transaction of what they tell about. Goes out: events in order. Owns
 * {@code telemetry.event}.
 */
package dev.vigil.telemetry.log;
