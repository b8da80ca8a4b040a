package dev.vigil.server.fhir;

import ca.uhn.fhir.rest.server.RestfulServer;

/**
 * HAPI's servlet, held where Spring Boot does not take it for a servlet to register by itself.
 *
 * @param server to be started by the web server
 */
public record FhirEndpoint(RestfulServer server) {}
