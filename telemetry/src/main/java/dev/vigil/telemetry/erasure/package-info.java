/**
 * Erases what Vigil holds about a person in {@code telemetry}.
 *
 * <p>Comes in: a patient. Goes out: a destroyed key, deleted Observations and one event that tells
 * so. Owns the table {@code erasure}.
 */
package dev.vigil.telemetry.erasure;
