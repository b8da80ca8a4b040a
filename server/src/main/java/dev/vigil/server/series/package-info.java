/**
 * The operation {@code $series} of Observation: one signal of a patient over time.
 *
 * <p>Comes in: FHIR requests that the access gate let through. Goes out: Parameters. Owns no table.
 */
package dev.vigil.server.series;
