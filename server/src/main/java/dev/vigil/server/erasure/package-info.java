/**
 * Erases a person: {@code Patient/[id]/$erase}.
 *
 * <p>Comes in: a confirmed request of a client that may delete everything. Goes out: the Patient
 * and what belongs to the person gone from HAPI's tables with all versions, and {@code
 * telemetry.erasure} told to do the rest. Owns no table.
 */
package dev.vigil.server.erasure;
