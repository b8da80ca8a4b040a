package dev.vigil.telemetry.observation;

import java.time.Instant;

/**
 * A place in an order, to go on after. Stays good while rows are written.
 *
 * @param moment the time the order compares; null when it is by key, or the hit lacks it
 * @param key the hit itself
 */
public record ObservationPosition(Instant moment, ObservationKey key) {}
