package dev.vigil.telemetry.observation;

import java.time.Instant;

/**
 * How far an Observation has come, without its content.
 *
 * @param key which one
 * @param id its logical id
 * @param version the newest version, from 1; that of the deletion when it is deleted
 * @param updatedAt when that version was written
 * @param deleted whether the newest version is a deletion
 */
public record ObservationState(
    ObservationKey key, String id, long version, Instant updatedAt, boolean deleted) {}
