/**
 * {@code ./vigil bench store}: the store beside stock HAPI JPA, default and tuned, and the limit
 * that PostgreSQL's COPY sets, in one run.
 *
 * <p>Comes in: which rows and systems, for how long. Goes out: a table with ratios. Owns a table
 * {@code copy_limit} in a database that ends with the run.
 */
package dev.vigil.bench.store;
