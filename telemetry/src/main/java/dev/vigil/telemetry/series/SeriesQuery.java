package dev.vigil.telemetry.series;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.time.Instant;

/**
 * A question about one signal.
 *
 * @param from event time, inclusive; of hours and days all that begin then or later
 * @param to event time, inclusive; of hours and days all that begin until then
 * @param points how many points are wanted at most, unless a resolution is
 * @param resolution null for the finest with at most so many points
 * @param knownAt as it was known at that moment of our clock; null for now
 */
public record SeriesQuery(
    TenantId tenant,
    PatientId patient,
    Metric metric,
    Instant from,
    Instant to,
    int points,
    Resolution resolution,
    Instant knownAt) {}
