/**
 * {@code ./vigil bench memory}: what the server's process needs at most while readings stream in.
 *
 * <p>Comes in: how many readings. Goes out: the peak of its resident memory. Owns no table.
 */
package dev.vigil.bench.memory;
