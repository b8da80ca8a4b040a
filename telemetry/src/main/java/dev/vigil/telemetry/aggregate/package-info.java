/**
 * Readings by hour and by day: a projection of the readings, kept by a reader of the log that lets
 * events gather for two seconds, and for six while commits follow each other.
 *
 * <p>Comes in: events that tell about readings; the readings themselves. Goes out: aggregates of a
 * signal. Owns {@code telemetry.reading_hour} and {@code telemetry.reading_day}.
 */
package dev.vigil.telemetry.aggregate;
