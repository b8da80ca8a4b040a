/**
 * Opens the HL7 v2 door and the HL7 v2 way out of {@code hl7-bridge}.
 *
 * <p>Comes in: settings. Goes out: an MLLP listener before the intake port, and the PCD-04 channel.
 * Owns no table.
 */
package dev.vigil.server.hl7;
