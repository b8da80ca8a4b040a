package dev.vigil.telemetry;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** A moment as PostgreSQL's {@code timestamptz} keeps it: to the microsecond, or without limit. */
public final class Timestamptz {

  private static final Instant EARLIEST = Instant.parse("-4000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("+200000-01-01T00:00:00Z");

  private Timestamptz() {}

  /**
   * The statement parameter for a moment, cut to the microsecond. Moments outside PostgreSQL's
   * range become its {@code -infinity} and {@code infinity}.
   */
  public static OffsetDateTime of(Instant moment) {
    if (moment.isBefore(EARLIEST)) {
      return OffsetDateTime.MIN;
    }
    if (moment.isAfter(LATEST)) {
      return OffsetDateTime.MAX;
    }
    return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
