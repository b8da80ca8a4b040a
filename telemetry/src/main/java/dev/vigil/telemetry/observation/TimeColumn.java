package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/**
 * Moments as text that PostgreSQL casts to {@code timestamptz}, since arrays of moments are sent as
 * texts. Cut to the microsecond; without limit outside the years 1 to 9999.
 */
final class TimeColumn {

  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private static final long EPOCH_SECONDS = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

  private TimeColumn() {}

  /** Null is no moment. */
  static String of(Instant moment) {
    if (moment == null) {
      return null;
    }
    if (moment.isBefore(FIRST)) {
      return "-infinity";
    }
    return moment.isAfter(LAST) ? "infinity" : moment.truncatedTo(ChronoUnit.MICROS).toString();
  }

  /** As PostgreSQL sends it: microseconds since 2000, the utmost numbers are without limit. */
  static long micros(Instant moment) {
    if (moment.isBefore(FIRST)) {
      return Long.MIN_VALUE;
    }
    return moment.isAfter(LAST)
        ? Long.MAX_VALUE
        : (moment.getEpochSecond() - EPOCH_SECONDS) * 1_000_000 + moment.getNano() / 1_000;
  }

  /** The moment that so many microseconds after 2000 are. */
  static Instant instant(long micros) {
    return Instant.ofEpochSecond(EPOCH_SECONDS).plus(micros, ChronoUnit.MICROS);
  }

  /** Null is open. */
  static String earliest(Instant moment) {
    return moment == null ? "-infinity" : of(moment);
  }

  /** Null is open. */
  static String latest(Instant moment) {
    return moment == null ? "infinity" : of(moment);
  }

  /** Null for no moment and for one without limit. */
  static Instant read(OffsetDateTime column) {
    if (column == null || column.equals(OffsetDateTime.MIN) || column.equals(OffsetDateTime.MAX)) {
      return null;
    }
    return column.toInstant();
  }

  /** What times in the leaves are measured from, given the column that keeps this moment. */
  static long base(Instant moment) {
    return moment == null || moment.isBefore(FIRST) || moment.isAfter(LAST)
        ? 0
        : moment.truncatedTo(ChronoUnit.MICROS).toEpochMilli();
  }
}
