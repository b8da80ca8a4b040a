/**
 * The words every module shares: who (tenant, patient, device), what (metric, quantity, reading)
 * and what went wrong (problem).
 *
 * <p>Comes in: nothing. Goes out: values. Owns no table and uses the JDK alone.
 */
package dev.vigil.core;
