/**
 * Loads Vigil's implementation guide into the FHIR store at each start.
 *
 * <p>Comes in: the package {@code dev.vigil.monitoring} from the classpath. Goes out: profiles,
 * code systems, search parameters and rules that all tenants share. Owns no table.
 */
package dev.vigil.server.guide;
