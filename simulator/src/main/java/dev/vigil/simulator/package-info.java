/**
 * Synthetic patients, device simulators and load generators.
 *
 * <p>In: a FHIR base address, a token endpoint and a client's credentials. Out: transaction bundles
 * and searches over HTTP, figures for people. Owns no table; knows the server by its public wires
 * alone.
 */
package dev.vigil.simulator;
