/**
 * The load: invented patients, their devices, readings of more than twenty shapes at any rate, and
 * the senders that post them.
 *
 * <p>Comes in: a number of patients and the door of a FHIR server. Goes out: their registration,
 * then bundles of Observations, and how long each answer took. Owns no table.
 */
package dev.vigil.bench.load;
