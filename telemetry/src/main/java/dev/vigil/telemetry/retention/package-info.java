/**
 * How long Observations are kept, and whose are kept whatever that says.
 *
 * <p>Comes in: policies by tenant and category, legal holds. Goes out: deleted Observations with an
 * event for each deletion, and aggregates that follow. Owns the tables {@code retention_policy},
 * {@code retention_week} and {@code legal_hold}.
 */
package dev.vigil.telemetry.retention;
