package dev.vigil.server.intake.fast;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * A moment as a dateTime or instant tells it.
 *
 * @param form a bit for the way it is written: to the second or millisecond, with "Z", an offset,
 *     or one of zero
 * @param instant what it means
 */
record Moment(int form, Instant instant) {

  static final int LONGEST = "2026-01-01T00:00:00.000+00:00".length();

  private static final int SECONDS_END = "2026-01-01T00:00:00".length();
  private static final String PATTERN = "0000-00-00T00:00:00";
  private static final int FIRST_YEAR = 1900;
  private static final int LAST_YEAR = 2199;

  /** An example of each form. */
  static final String[] EXAMPLES = {
    "2026-01-0%dT0%d:05:07Z",
    "2026-01-0%dT0%d:05:07.089Z",
    "2026-01-0%dT0%d:05:07+05:30",
    "2026-01-0%dT0%d:05:07.089-03:00",
    "2026-01-0%dT0%d:05:07+00:00",
    "2026-01-0%dT0%d:05:07.089+00:00"
  };

  /** Null for a text in any other form, or that is no moment. */
  static Moment parse(String text) {
    if (text.length() <= SECONDS_END) {
      return null;
    }
    for (int i = 0; i < SECONDS_END; i++) {
      char expected = PATTERN.charAt(i);
      char at = text.charAt(i);
      if (expected == '0' ? at < '0' || at > '9' : at != expected) {
        return null;
      }
    }
    int millis = 0;
    int zone = SECONDS_END;
    if (text.charAt(zone) == '.') {
      if (text.length() < zone + 5) {
        return null;
      }
      millis = number(text, zone + 1, 3);
      zone += 4;
    }
    boolean utc = text.length() == zone + 1 && text.charAt(zone) == 'Z';
    int offset = utc ? 0 : offset(text, zone);
    int year = number(text, 0, 4);
    int hour = number(text, 11, 2);
    int minute = number(text, 14, 2);
    int second = number(text, 17, 2);
    if (millis < 0
        || offset == Integer.MIN_VALUE
        || year < FIRST_YEAR
        || year > LAST_YEAR
        || hour > 23
        || minute > 59
        || second > 59) {
      return null;
    }
    try {
      long day = LocalDate.of(year, number(text, 5, 2), number(text, 8, 2)).toEpochDay();
      long seconds = ((day * 24 + hour) * 60 + minute - offset) * 60 + second;
      int form = 1 << (zone == SECONDS_END ? 0 : 1) + (utc ? 0 : offset == 0 ? 4 : 2);
      return new Moment(form, Instant.ofEpochSecond(seconds, millis * 1_000_000L));
    } catch (DateTimeException e) {
      return null; // No such day.
    }
  }

  /** In minutes; {@link Integer#MIN_VALUE} if there is none. */
  private static int offset(String text, int at) {
    if (text.length() != at + 6 || text.charAt(at + 3) != ':') {
      return Integer.MIN_VALUE;
    }
    char sign = text.charAt(at);
    int hours = number(text, at + 1, 2);
    int minutes = number(text, at + 4, 2);
    boolean known =
        (sign == '+' || sign == '-')
            && hours >= 0
            && hours <= 13
            && minutes >= 0
            && minutes <= 59
            && (sign == '+' || hours + minutes > 0);
    return known ? (sign == '-' ? -1 : 1) * (hours * 60 + minutes) : Integer.MIN_VALUE;
  }

  /** -1 if there is anything but digits. */
  private static int number(String text, int from, int length) {
    int number = 0;
    for (int i = from; i < from + length; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = 10 * number + digit - '0';
    }
    return number;
  }
}
