/**
 * Keeps Observations in Vigil's own store behind HAPI's interfaces: a client of the FHIR endpoint
 * sees no difference.
 *
 * <p>Comes in: what HAPI asks its DAO, id service, transaction processor, delete check and history
 * for. Goes out: Observations of {@code telemetry.observation}, written in HAPI's transactions.
 * Owns no table; in HAPI's tables an Observation is only a number that other resources refer to.
 */
package dev.vigil.server.observation;
