/**
 * What codes and units mean: the metric catalogue, UCUM, code maps and profile checks.
 *
 * <p>Comes in: codes, units, quantities. Goes out: metrics, conversions, plausible ranges. Owns no
 * table.
 */
package dev.vigil.terminology;
