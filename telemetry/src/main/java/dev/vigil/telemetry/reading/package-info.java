/**
 * Checked device readings by patient, metric and event time: a projection of the log for rules,
 * charts and the ward page.
 *
 * <p>Comes in: readings of a committed message. Goes out: windows, latest values, silent signals,
 * and what was known at an earlier event. Owns {@code telemetry.reading}, {@code telemetry.signal},
 * {@code telemetry.reading_replaced} and {@code telemetry.reading_history}.
 */
package dev.vigil.telemetry.reading;
