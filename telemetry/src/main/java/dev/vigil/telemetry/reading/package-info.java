/**
 * Checked device readings by patient, metric and event time, for rules, charts and the ward page:
 * read out of the Observations by what their shapes say.
 *
 * <p>Comes in: shapes as Observations are written in them, and what an event tells. Goes out:
 * windows, also of many signals as many events found them, latest values, silent signals, and what
 * was known at an earlier event. Owns {@code telemetry.shape_reading}, {@code
 * telemetry.shape_unread}, {@code telemetry.signal} and {@code telemetry.reading_history}.
 */
package dev.vigil.telemetry.reading;
