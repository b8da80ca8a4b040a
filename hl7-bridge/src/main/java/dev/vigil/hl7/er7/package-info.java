/**
 * HL7 v2 texts as both directions need them: fields by number, times, identifiers, errors and
 * acknowledgements. HAPI HL7v2 does the delimiters and escapes.
 *
 * <p>Comes in: bytes of a message. Goes out: segments in order, acknowledgement texts. Owns no
 * table.
 */
package dev.vigil.hl7.er7;
