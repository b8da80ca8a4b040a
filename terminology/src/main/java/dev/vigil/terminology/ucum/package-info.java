/**
 * Units of measure: UCUM, and the IEEE 11073 (MDC) unit codes that stand for UCUM units.
 *
 * <p>Comes in: unit codes and numbers. Goes out: whether a unit is UCUM, of which dimension it is,
 * conversions. Owns no table. The UCUM definitions come with the library {@code org.fhir:ucum}.
 */
package dev.vigil.terminology.ucum;
