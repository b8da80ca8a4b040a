/**
 * What devices emit: taken in, checked, logged, kept and handed on.
 *
 * <p>Comes in: FHIR resources and bundles, from every door. Goes out: confirmed events, readings,
 * deliveries. Owns the PostgreSQL schema {@code telemetry}.
 */
package dev.vigil.telemetry;
