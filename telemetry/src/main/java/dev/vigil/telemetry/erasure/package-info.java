/**
 * Erases what Vigil holds about a person in {@code telemetry}.
 *
 * <p>Comes in: a patient. Goes out: a destroyed key, deleted readings and one event that tells so.
 * Owns no table.
 */
package dev.vigil.telemetry.erasure;
