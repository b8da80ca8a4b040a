package dev.vigil.core.event;

import java.time.Instant;

/**
 * The condition is over: its clearing limit held for its clearing time. The alert stays until
 * somebody resolves it, if nobody had acknowledged it yet.
 *
 * @param alert as it was raised
 * @param clearedAt event time of the sample that completed the clearing
 * @param at our time
 */
public record AlertCleared(Alert alert, Instant clearedAt, Instant at) implements AlertEvent {}
