package dev.vigil.core.event;

import java.time.Instant;

/**
 * A rule's condition was met and no open episode covers it.
 *
 * @param alert what was found
 * @param at our time
 */
public record AlertRaised(Alert alert, Instant at) implements AlertEvent {}
