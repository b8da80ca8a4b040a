/**
 * The short way of the most common questions about Observations: one by its id, simple searches and
 * {@code $lastn}. What is stored goes out as text, without being read into HAPI's model, and a
 * search leaves something behind only where there is a next page: one row, which becomes rows of
 * HAPI's when that page is asked for.
 *
 * <p>Comes in: GET requests behind authentication. Goes out: the answer that HAPI would give, or
 * the request itself, to HAPI. Owns the table {@code telemetry.saved_search}; writes {@code
 * hfj_search} and {@code hfj_search_result} as HAPI does.
 */
package dev.vigil.server.direct;
