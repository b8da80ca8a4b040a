/**
 * Every Observation, kept as a shape (its JSON with holes, once) and the leaves that fill the
 * holes.
 *
 * <p>Comes in: the JSON of Observations with their resolved links, in the caller's transaction.
 * Goes out: the same JSON by key, version and time, and keys for a query; and the rows anew from
 * the log. Owns the tables {@code tenant_number}, {@code target}, {@code shape}, {@code
 * shape_entry}, {@code observation}, {@code observation_*}, {@code packed_week} and {@code
 * block_identifier} of the schema {@code telemetry}.
 *
 * <p>Rows of weeks that are over for long lie in blocks: see {@link
 * dev.vigil.telemetry.observation.WeekPacking}. A statement finds both by {@code PackedWeeks}.
 */
package dev.vigil.telemetry.observation;
