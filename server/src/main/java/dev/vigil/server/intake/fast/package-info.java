/**
 * The short way of new Observations whose shape is known: their text is matched, its leaves are
 * checked, and many messages share one commit.
 *
 * <p>A shape is learned from an Observation that took the usual way through HAPI and was accepted.
 * At any doubt a request takes the usual way, so both ways accept and refuse alike.
 *
 * <p>Comes in: requests to the FHIR endpoint, after they were authenticated, and lines. Goes out:
 * rows, readings and events, and the answers that HAPI would give. Owns no table.
 */
package dev.vigil.server.intake.fast;
