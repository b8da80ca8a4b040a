/**
 * Storing resources that come as lines, each for itself, behind the same checks and into the same
 * log as everything else.
 *
 * <p>Comes in: lines of NDJSON. Goes out: an outcome for each. Owns no table.
 */
package dev.vigil.server.bulk.lines;
