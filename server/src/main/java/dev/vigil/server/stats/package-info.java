/**
 * The operation {@code $stats} of Observation: figures over the values of a subject's Observations.
 *
 * <p>Comes in: FHIR requests that the access gate let through. Goes out: Parameters. Owns no table.
 */
package dev.vigil.server.stats;
