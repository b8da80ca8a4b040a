package dev.vigil.telemetry.observation;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
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
  private static final int SECONDS_END = "2026-01-01T00:00:00".length();

  /** Null for any text that would not come back as the same characters. */
  static TimeText parse(String text) {
    if (text.length() < SHORTEST
        || text.length() > LONGEST
        || text.charAt(4) != '-'
        || text.charAt(10) != 'T') {
      return null;
    }
    try {
      OffsetDateTime moment = OffsetDateTime.parse(text);
      int zone = SECONDS_END;
      while (zone < text.length() && "Z+-".indexOf(text.charAt(zone)) < 0) {
        zone++;
      }
      int decimals = Math.max(0, zone - SECONDS_END - 1);
      boolean utc = text.charAt(text.length() - 1) == 'Z';
      int quarters = moment.getOffset().getTotalSeconds() / 900;
      if (decimals > 3) {
        return null;
      }
      TimeText time = new TimeText(moment.toInstant().toEpochMilli(), decimals, utc, quarters);
      return time.text().equals(text) ? time : null;
    } catch (DateTimeException e) {
      return null; // Looks like one, but is not.
    }
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
