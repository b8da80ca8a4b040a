/**
 * The operation {@code $ingest} of Observation: a stream of NDJSON of any length, taken line by
 * line while it arrives, with an answer for each line while it is sent.
 *
 * <p>Comes in: FHIR requests that the access gate let through. Goes out: transactions, and outcomes
 * by line. Owns no table.
 */
package dev.vigil.server.bulk.ingest;
