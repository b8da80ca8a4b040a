package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * A FHIR dateTime or instant to the second or finer, in parts that give back its very characters.
 *
 * @param millis since 1970
 * @param decimals of the seconds, 0 to 3
 * @param utc written with "Z"
 * @param quarters the offset in quarters of an hour when it is not
 */
record TimeText(long millis, int decimals, boolean utc, int quarters) {

  private static final int SHORTEST = "2026-01-01T00:00:00Z".length();
  private static final int LONGEST = "2026-01-01T00:00:00.000+00:00".length();
  private static final String PATTERN = "0000-00-00T00:00:00";
  private static final int SECONDS_END = PATTERN.length();
  private static final int NONE = Integer.MIN_VALUE;

  /** Null for any text that would not come back as the same characters. */
  static TimeText parse(String text) {
    if (text.length() < SHORTEST || text.length() > LONGEST || !begins(text)) {
      return null;
    }
    int zone = SECONDS_END;
    int millis = 0;
    int decimals = 0;
    if (text.charAt(zone) == '.') {
      zone++;
      while (zone < text.length() && isDigit(text.charAt(zone))) {
        zone++;
      }
      decimals = zone - SECONDS_END - 1;
      if (decimals < 1 || decimals > 3) {
        return null;
      }
      millis = number(text, SECONDS_END + 1, decimals) * (int) Math.pow(10, 3 - decimals);
    }
    boolean utc = zone == text.length() - 1 && text.charAt(zone) == 'Z';
    int quarters = utc ? 0 : quarters(text, zone);
    if (quarters == NONE) {
      return null;
    }
    int hour = number(text, 11, 2);
    int minute = number(text, 14, 2);
    int second = number(text, 17, 2);
    int month = number(text, 5, 2);
    int day = number(text, 8, 2);
    YearMonth of = month < 1 || month > 12 ? null : YearMonth.of(number(text, 0, 4), month);
    if (of == null || !of.isValidDay(day) || hour > 23 || minute > 59 || second > 59) {
      return null;
    }
    long minutes = (of.atDay(day).toEpochDay() * 24 + hour) * 60 + minute - quarters * 15L;
    return new TimeText((minutes * 60 + second) * 1_000 + millis, decimals, utc, quarters);
  }

  private static boolean begins(String text) {
    for (int i = 0; i < SECONDS_END; i++) {
      char expected = PATTERN.charAt(i);
      char at = text.charAt(i);
      if (expected == '0' ? !isDigit(at) : at != expected) {
        return false;
      }
    }
    return true;
  }

  /** The offset, which is written in the one way that {@link #text} writes it. */
  private static int quarters(String text, int at) {
    if (text.length() != at + 6 || text.charAt(at + 3) != ':') {
      return NONE;
    }
    char sign = text.charAt(at);
    boolean digits =
        isDigit(text.charAt(at + 1))
            && isDigit(text.charAt(at + 2))
            && isDigit(text.charAt(at + 4))
            && isDigit(text.charAt(at + 5));
    if (!digits || sign != '+' && sign != '-') {
      return NONE;
    }
    int minutes = number(text, at + 4, 2);
    int quarters = number(text, at + 1, 2) * 4 + minutes / 15;
    return minutes > 59 || minutes % 15 != 0 || quarters > 72 || sign == '-' && quarters == 0
        ? NONE
        : sign == '-' ? -quarters : quarters;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private static int number(String text, int from, int length) {
    int number = 0;
    for (int i = from; i < from + length; i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }

  String text() {
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(quarters * 900);
    OffsetDateTime moment = Instant.ofEpochMilli(millis).atOffset(offset);
    StringBuilder text = new StringBuilder(LONGEST);
    digits(text, moment.getYear(), 4).append('-');
    digits(text, moment.getMonthValue(), 2).append('-');
    digits(text, moment.getDayOfMonth(), 2).append('T');
    digits(text, moment.getHour(), 2).append(':');
    digits(text, moment.getMinute(), 2).append(':');
    digits(text, moment.getSecond(), 2);
    if (decimals > 0) {
      text.append('.');
      String fraction = String.valueOf(1_000 + moment.getNano() / 1_000_000);
      text.append(fraction, 1, 1 + decimals);
    }
    if (utc) {
      return text.append('Z').toString();
    }
    int minutes = Math.abs(quarters) * 15;
    text.append(quarters < 0 ? '-' : '+');
    digits(text, minutes / 60, 2).append(':');
    return digits(text, minutes % 60, 2).toString();
  }

  private static StringBuilder digits(StringBuilder text, int number, int width) {
    String digits = String.valueOf(number);
    for (int i = digits.length(); i < width; i++) {
      text.append('0');
    }
    return text.append(digits);
  }
}
