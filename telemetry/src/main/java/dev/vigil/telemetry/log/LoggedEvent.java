package dev.vigil.telemetry.log;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.Event;
import java.time.Instant;

/**
 * An event as the log keeps it.
 *
 * @param tenant whose it is
 * @param sequence place in the log, from 1, without gaps; a reader that saw n has seen all below n
 * @param recordedAt our time of the append
 * @param source which door and client
 * @param event the fact
 */
public record LoggedEvent(
    TenantId tenant, long sequence, Instant recordedAt, Source source, Event event) {}
