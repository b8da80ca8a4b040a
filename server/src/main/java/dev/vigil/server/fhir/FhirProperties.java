package dev.vigil.server.fhir;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The FHIR endpoint.
 *
 * @param publicUrl base URL that clients see, for example {@code https://vigil.example/fhir}; empty
 *     to take it from the request
 * @param version of Vigil, shown in the CapabilityStatement
 * @param maxBody largest request body
 * @param maxEntries largest number of entries in a Bundle
 */
@Validated
@ConfigurationProperties("vigil.fhir")
public record FhirProperties(
    @DefaultValue("") String publicUrl,
    @DefaultValue("0.1.0") String version,
    @DefaultValue("64MB") DataSize maxBody,
    @DefaultValue("50000") int maxEntries) {}
