/**
 * Searches over Observations: what of one is found by which search parameter, and HAPI's searches
 * translated into queries of {@code telemetry}.
 *
 * <p>Comes in: Observations to index, and HAPI's searches for Observations and for what refers to
 * them. Goes out: index entries, and the numbers of the resources found. Owns no tables.
 */
package dev.vigil.server.observation.search;
