/**
 * What deliveries need from the FHIR store: destinations declared as Subscription and Endpoint, and
 * resources to send.
 *
 * <p>Comes in: Subscription and Endpoint resources. Goes out: destinations, checked when they are
 * written. Owns no table.
 */
package dev.vigil.server.delivery;
