/**
 * The HL7 v2 bridge: device observations in (IHE PCD-01), alerts out (IHE PCD-04), both over MLLP.
 *
 * <p>Comes in: framed HL7 v2 messages, and events of the log. Goes out: FHIR transactions to the
 * intake, and framed messages. Owns no table: cursor and dead letters are the delivery engine's.
 */
package dev.vigil.hl7;
