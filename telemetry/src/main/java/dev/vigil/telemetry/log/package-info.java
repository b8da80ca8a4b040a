/**
 * The event log: append-only, gap-free in order, hash-chained, each person's part sealed under that
 * person's key, its heads signed and published to a witness.
 *
 * <p>Those that follow the log in the process that appends are given what it remembers of its own
 * last events, so that these are not read and opened once for each follower.
 *
 * <p>Comes in: events, in the transaction of what they tell about. Goes out: events in order,
 * signed heads, and what a walk along the chain found. Owns {@code telemetry.event} and {@code
 * telemetry.signed_head}.
 */
package dev.vigil.telemetry.log;
