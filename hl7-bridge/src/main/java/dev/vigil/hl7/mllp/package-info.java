/**
 * MLLP on plain TCP: framing, a listener and a client. Knows no HL7 beyond the frame.
 *
 * <p>Comes in: bytes of sockets. Goes out: whole message texts to a {@code MessageHandler}, and its
 * answers. Owns no table.
 */
package dev.vigil.hl7.mllp;
