package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.time.LocalDate;

/** Weeks counted from 0001-01-01 in UTC; week 0 also holds what is before it. */
final class Week {

  /** The greatest week of 19 bits; the last one of the year 9999 is smaller. */
  static final int MAX = (1 << 19) - 1;

  /** From this week, of 2020, to the last of 2069 a partition holds one week; else 512. */
  private static final int FIRST_SINGLE = 105_346;

  private static final int BEHIND_SINGLE = 107_955;
  private static final int SPAN = 512;
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

  /** The first week of the partition that holds a week; the same rule is in its SQL function. */
  static int partitionBegins(int week) {
    if (week >= FIRST_SINGLE && week < BEHIND_SINGLE) {
      return week;
    }
    int first = week / SPAN * SPAN;
    return week < FIRST_SINGLE ? first : Math.max(first, BEHIND_SINGLE);
  }

  /** The first week behind the partition that holds a week. */
  static int partitionEnds(int week) {
    if (week >= FIRST_SINGLE && week < BEHIND_SINGLE) {
      return week + 1;
    }
    int behind = week / SPAN * SPAN + SPAN;
    return week < FIRST_SINGLE ? Math.min(behind, FIRST_SINGLE) : behind;
  }

  /** The first place of a week. */
  static long place(int week) {
    return (long) week << ObservationKey.NUMBER_BITS;
  }
}
