/**
 * Device observations in: HL7 v2.6 ORU^R01 as IHE PCD-01 has it, to a FHIR transaction.
 *
 * <p>Comes in: message texts of the MLLP door. Goes out: transaction bundles to the intake, and
 * acknowledgements once it has committed. Owns no table; the mapping tables lie beside as CSV.
 */
package dev.vigil.hl7.pcd01;
