/**
 * The peer: stock HAPI FHIR JPA, assembled from HAPI's own artifacts, in a process of its own.
 *
 * <p>Comes in: an empty database and a port. Goes out: a FHIR R4 server, default or tuned. Its
 * tables are HAPI's.
 */
package dev.vigil.bench.peer;
