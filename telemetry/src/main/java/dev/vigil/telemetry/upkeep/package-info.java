/**
 * Work of the store that comes again and again, beside the readers of the log.
 *
 * <p>Comes in: tasks of other features. Goes out: turns at intervals, and a metric of those that
 * failed. Owns no table.
 */
package dev.vigil.telemetry.upkeep;
