/**
 * Benchmarks that start the server as a user would and measure it from outside.
 *
 * <p>Comes in: a command line. Goes out: a table with ratios. Owns no table; nothing of it is
 * shipped with the server.
 */
package dev.vigil.bench;
