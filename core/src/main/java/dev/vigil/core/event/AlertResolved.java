package dev.vigil.core.event;

import java.time.Instant;

/**
 * Somebody closed the alert.
 *
 * @param alert as it was raised
 * @param actor who
 * @param reason their words; empty if they gave none
 * @param at our time
 */
public record AlertResolved(Alert alert, Actor actor, String reason, Instant at)
    implements AlertEvent {}
