package dev.vigil.simulator.wire;

/**
 * What a server said of a stream of lines.
 *
 * @param complete whether it took all that was sent
 * @param created lines that were stored
 * @param known lines that were there before
 * @param refused lines that were not stored
 */
public record IngestResult(boolean complete, long created, long known, long refused) {}
