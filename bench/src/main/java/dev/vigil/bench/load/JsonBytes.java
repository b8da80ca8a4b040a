package dev.vigil.bench.load;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/** Text that grows, as UTF-8, without an object for each number or time. One thread at a time. */
final class JsonBytes {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final ZoneOffset OFFSET = ZoneOffset.ofHours(1);

  private byte[] bytes = new byte[1 << 16];
  private int length;
  private long second = Long.MIN_VALUE;
  private byte[] utc;
  private byte[] local;
  private byte[] stamp;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  byte[] copy(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** All of it; valid until the next change. */
  byte[] buffer() {
    return bytes;
  }

  JsonBytes text(byte[] some) {
    room(some.length);
    System.arraycopy(some, 0, bytes, length, some.length);
    length += some.length;
    return this;
  }

  JsonBytes text(String some) {
    return text(some.getBytes(StandardCharsets.UTF_8));
  }

  /** For example 6.30 for 630 with two decimals. */
  JsonBytes number(int scaled, int decimals) {
    String digits = Integer.toString(scaled);
    if (decimals == 0) {
      return text(digits);
    }
    String padded = "0".repeat(Math.max(0, decimals + 1 - digits.length())) + digits;
    int point = padded.length() - decimals;
    return text(padded.substring(0, point)).text(".").text(padded.substring(point));
  }

  /** {@code 2026-11-27T08:00:00.123Z}. */
  JsonBytes utc(long millis) {
    at(millis);
    return text(utc).millis(millis).text("Z");
  }

  /** {@code 2026-11-27T09:00:00.123+01:00}. */
  JsonBytes local(long millis) {
    at(millis);
    return text(local).millis(millis).text("+01:00");
  }

  /** {@code 20261127T080000.123Z}. */
  JsonBytes stamp(long millis) {
    at(millis);
    return text(stamp).millis(millis).text("Z");
  }

  private void at(long millis) {
    long wanted = Math.floorDiv(millis, 1000L);
    if (wanted != second) {
      second = wanted;
      Instant instant = Instant.ofEpochSecond(wanted);
      utc = instant.toString().substring(0, 19).getBytes(StandardCharsets.US_ASCII);
      local =
          instant
              .atOffset(OFFSET)
              .toString()
              .substring(0, 16)
              .concat(":" + instant.toString().substring(17, 19))
              .getBytes(StandardCharsets.US_ASCII);
      stamp = STAMP.format(instant).getBytes(StandardCharsets.US_ASCII);
    }
  }

  private JsonBytes millis(long millis) {
    int rest = (int) Math.floorMod(millis, 1000L);
    room(4);
    bytes[length++] = '.';
    bytes[length++] = (byte) ('0' + rest / 100);
    bytes[length++] = (byte) ('0' + rest / 10 % 10);
    bytes[length++] = (byte) ('0' + rest % 10);
    return this;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
