/**
 * The event vocabulary: past facts in their own words, as the log keeps them and its readers see
 * them.
 *
 * <p>Comes in: nothing. Goes out: immutable events. Owns no table; the log in {@code telemetry}
 * stores them.
 */
package dev.vigil.core.event;
