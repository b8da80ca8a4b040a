/**
 * The door behind every door: checks what came in and records what was accepted.
 *
 * <p>Comes in: FHIR resources, from REST, HL7 v2 and later doors. Goes out: checked readings, one
 * event a message, or problems in safe words. Owns no table.
 */
package dev.vigil.telemetry.intake;
