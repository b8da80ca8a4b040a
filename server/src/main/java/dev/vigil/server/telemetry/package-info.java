/**
 * Wires the log, the readings, the readers of the log and the deliveries, and starts and stops them
 * with the server.
 *
 * <p>Comes in: the DataSource, readers and channels of other features. Goes out: beans. Owns no
 * table.
 */
package dev.vigil.server.telemetry;
