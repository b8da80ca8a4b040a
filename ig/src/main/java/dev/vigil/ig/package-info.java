/**
 * Gives out the FHIR package {@code dev.vigil.monitoring} as text.
 *
 * <p>Comes in: nothing; the resources lie beside the classes, under {@code /package/}. Goes out:
 * each resource as JSON, in an order in which a server can load them. Owns no table and uses the
 * JDK alone.
 */
package dev.vigil.ig;
