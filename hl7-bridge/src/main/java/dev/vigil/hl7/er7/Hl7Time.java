package dev.vigil.hl7.er7;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HL7's time stamps (data type DTM, chapter 2A.22): {@code
 * YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]}.
 */
public final class Hl7Time {

  private static final Pattern SHAPE =
      Pattern.compile(
          "(\\d{4})(\\d{2})?(\\d{2})?(\\d{2})?(\\d{2})?(\\d{2})?(?:\\.(\\d{1,4}))?([+-]\\d{4})?");

  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
  private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss.SSS");

  private Hl7Time() {}

  /**
   * Reads a moment.
   *
   * @param text with at least hours and minutes
   * @param zone of a text that names no offset
   * @return empty if it is no such time, or says no more than the day or hour
   */
  public static Optional<OffsetDateTime> moment(String text, ZoneId zone) {
    Matcher parts = SHAPE.matcher(text);
    if (!parts.matches() || parts.group(5) == null) {
      return Optional.empty();
    }
    try {
      String fraction = parts.group(7) == null ? "" : parts.group(7);
      LocalDateTime local =
          LocalDateTime.of(
              number(parts.group(1)),
              number(parts.group(2)),
              number(parts.group(3)),
              number(parts.group(4)),
              number(parts.group(5)),
              parts.group(6) == null ? 0 : number(parts.group(6)),
              number((fraction + "000000000").substring(0, 9)));
      return Optional.of(
          parts.group(8) == null
              ? local.atZone(zone).toOffsetDateTime()
              : local.atOffset(ZoneOffset.of(parts.group(8))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The day of a text; empty if it names none. */
  public static Optional<LocalDate> day(String text) {
    Matcher parts = SHAPE.matcher(text);
    if (!parts.matches() || parts.group(3) == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDate.of(number(parts.group(1)), number(parts.group(2)), number(parts.group(3))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The offset that a text ends with. */
  public static Optional<ZoneId> offset(String text) {
    Matcher parts = SHAPE.matcher(text);
    if (!parts.matches() || parts.group(8) == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ZoneOffset.of(parts.group(8)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Writes a moment in UTC with its offset; milliseconds only if there are any. */
  public static String write(Instant moment) {
    OffsetDateTime utc = moment.atOffset(ZoneOffset.UTC);
    return (utc.getNano() < 1_000_000 ? SECONDS : MILLIS).format(utc) + "+0000";
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }
}
