/**
 * Alerts out: the steps of an alert as HL7 v2.6 ORU^R40 (IHE PCD-04), over MLLP, acknowledged.
 *
 * <p>Comes in: alert events of the log, one destination at a time. Goes out: one message a step.
 * Owns no table: the delivery engine keeps cursor, retries and dead letters.
 */
package dev.vigil.hl7.pcd04;
