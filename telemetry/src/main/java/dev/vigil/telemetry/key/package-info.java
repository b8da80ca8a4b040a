/**
 * The keys that what the log keeps is encrypted under: one a person, wrapped by the tenant's, which
 * is wrapped by a master key that a key service holds.
 *
 * <p>Comes in: tenants and persons. Goes out: data keys, for as long as they have not been
 * destroyed. Owns {@code telemetry.tenant_key}, {@code telemetry.person_key} and {@code
 * telemetry.signing_key}.
 */
package dev.vigil.telemetry.key;
