/**
 * Joins HAPI's writes with Vigil's log: whatever HAPI stores is checked and logged in the same
 * transaction.
 *
 * <p>Comes in: HAPI's storage hooks, and bundles of doors that are not FHIR. Goes out: one event a
 * commit, readings, refusals in FHIR's words. Owns no table.
 */
package dev.vigil.server.intake;
