/**
 * The running server: wires the modules to HAPI FHIR JPA, PostgreSQL, the authorization server and
 * the dashboard.
 *
 * <p>Comes in: settings and HTTP. Goes out: one process that serves FHIR, HL7 v2, OAuth 2.0 and the
 * dashboard. Owns the schema {@code hapi} through HAPI's own migrator.
 */
package dev.vigil.server;
