package dev.vigil.telemetry.reading;

import dev.vigil.core.Reading;
import java.util.Objects;

/**
 * A reading and the events by which the log told it.
 *
 * @param told sequence of the event that told of it
 * @param replaced sequence of the event that corrected it or took it back; {@link Long#MAX_VALUE}
 *     if none did
 */
public record KnownReading(Reading reading, long told, long replaced) {

  /** Refuses null. */
  public KnownReading {
    Objects.requireNonNull(reading, "reading");
  }

  /** Whether the log told it at an event, that event included. */
  public boolean knownAt(long event) {
    return told <= event && event < replaced;
  }
}
