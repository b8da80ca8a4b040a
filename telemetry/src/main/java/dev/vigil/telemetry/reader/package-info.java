/**
 * Readers of the log: each with its own position, kept in the transaction of what the reader wrote.
 *
 * <p>Comes in: the log. Goes out: calls of {@code LogReader}. Owns {@code
 * telemetry.reader_position} and {@code telemetry.parked_event}.
 */
package dev.vigil.telemetry.reader;
