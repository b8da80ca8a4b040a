package dev.vigil.server.fhir;

/**
 * A plain HAPI provider of FHIR operations that a feature adds to the endpoint. Features implement
 * it as a bean; the servlet registers what it finds.
 */
public interface FhirOperations {}
