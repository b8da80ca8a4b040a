/**
 * Checked device readings by patient, metric and event time: a projection of the log for rules,
 * charts and the ward page.
 *
 * <p>Comes in: readings of a committed message. Goes out: windows, latest values, silent signals.
 * Owns {@code telemetry.reading} and {@code telemetry.signal}.
 */
package dev.vigil.telemetry.reading;
