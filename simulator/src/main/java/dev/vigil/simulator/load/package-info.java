/**
 * Load, latency and durability from outside.
 *
 * <p>In: a FHIR client and a size. Out: bundles on the wire, and figures: observations a second,
 * milliseconds to an alert, confirmed readings that are missing or double. Owns no table.
 */
package dev.vigil.simulator.load;
