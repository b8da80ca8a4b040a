/**
 * HAPI FHIR JPA as Vigil's FHIR store and FHIR REST server: settings, servlet, partitions,
 * outcomes.
 *
 * <p>Comes in: FHIR requests. Goes out: FHIR answers, in the tenant's partition. Owns HAPI's tables
 * in schema {@code hapi}.
 */
package dev.vigil.server.fhir;
