/**
 * One signal over time, for charts, operations and statistics: raw readings or aggregates,
 * whichever suits the width, also as they were known earlier.
 *
 * <p>Comes in: questions about a signal. Goes out: series with their gaps and units. Owns no table.
 */
package dev.vigil.telemetry.series;
