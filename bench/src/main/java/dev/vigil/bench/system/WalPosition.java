package dev.vigil.bench.system;

/**
 * A place in the write-ahead log.
 *
 * @param bytes written since the cluster was made
 * @param pages whole page images among them; each follows the first change of a page after a
 *     checkpoint
 */
public record WalPosition(long bytes, long pages) {}
