package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.time.LocalDate;

/** Weeks counted from 0001-01-01 in UTC; week 0 also holds what is before it. */
final class Week {

  /** The greatest week of 19 bits; the last one of the year 9999 is smaller. */
  static final int MAX = (1 << 19) - 1;

  private static final long SECONDS = 7L * 24 * 60 * 60;
  private static final long ORIGIN = LocalDate.of(1, 1, 1).toEpochDay() * 24 * 60 * 60;

  private Week() {}

  static int of(Instant moment) {
    long week = Math.floorDiv(moment.getEpochSecond() - ORIGIN, SECONDS);
    return (int) Math.max(0, Math.min(MAX, week));
  }

  static Instant begins(int week) {
    return Instant.ofEpochSecond(ORIGIN + week * SECONDS);
  }
}
