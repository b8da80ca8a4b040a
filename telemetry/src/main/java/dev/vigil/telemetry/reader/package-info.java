/**
 * Readers of the log: each with its own position, kept in the transaction of what the reader wrote.
 * A reader may want some kinds of event only, and may let events gather before it goes on: for
 * longer while commits follow each other.
 *
 * <p>Comes in: the log. Goes out: calls of {@code LogReader}. Owns {@code
 * telemetry.reader_position} and {@code telemetry.parked_event}.
 */
package dev.vigil.telemetry.reader;
