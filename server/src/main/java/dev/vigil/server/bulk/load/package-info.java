/**
 * Bulk Data Import by "ping and pull": the client names addresses of NDJSON, the server fetches
 * them and stores each line like any other write.
 *
 * <p>Comes in: kick-off requests. Goes out: jobs, transactions, and files of what was refused. Owns
 * no table.
 */
package dev.vigil.server.bulk.load;
