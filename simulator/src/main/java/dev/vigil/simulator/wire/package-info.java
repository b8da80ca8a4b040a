/**
 * The far side of the wire: a small FHIR client with its token.
 *
 * <p>In: bundles and paths. Out: HTTP requests with a bearer token, retried where that is safe.
 * Never writes a payload or a token into a log or a message. Owns no table.
 */
package dev.vigil.simulator.wire;
