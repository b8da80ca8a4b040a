package dev.vigil.telemetry.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The log in a plain dump of PostgreSQL: blocks that begin with {@code COPY schema.table (columns)
 * FROM stdin;} and end with {@code \.}, a row a line, values apart by tabs, in COPY's text format
 * (PostgreSQL's manual, "COPY", File Formats). Times as ISO with an offset, bytes as {@code \x} and
 * hexadecimal: pg_dump sets both.
 */
final class DumpedLog {

  /** Takes an event of the dump, in the order of the dump, which need not be that of the log. */
  interface EventTaker {
    void take(EventRow row, byte[] previousHash, byte[] hash);
  }

  private static final DateTimeFormatter MOMENT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffset("+HH:mm", "+00")
          .toFormatter(Locale.ROOT);

  private final Path dump;

  DumpedLog(Path dump) {
    this.dump = dump;
  }

  /** The signed heads; none if the dump has no such table. */
  List<SignedHead> heads() throws IOException {
    List<SignedHead> heads = new ArrayList<>();
    rows("telemetry.signed_head", row -> heads.add(head(row)));
    return heads;
  }

  void events(EventTaker taker) throws IOException {
    boolean found =
        rows(
            "telemetry.event",
            row -> {
              if (row.get("shard").equals("0")) {
                taker.take(event(row), bytes(row, "previous_hash"), bytes(row, "hash"));
              }
            });
    if (!found) {
      throw new IOException("no rows of telemetry.event in " + dump);
    }
  }

  private static EventRow event(Map<String, String> row) {
    return new EventRow(
        row.get("tenant_id"),
        Integer.parseInt(row.get("shard")),
        Long.parseLong(row.get("sequence")),
        row.get("kind"),
        Integer.parseInt(row.get("version")),
        moment(row.get("recorded_at")),
        row.get("door"),
        row.get("client"),
        bytes(row, "payload"));
  }

  private static SignedHead head(Map<String, String> row) {
    return new SignedHead(
        Integer.parseInt(row.get("shard")),
        Long.parseLong(row.get("number")),
        Long.parseLong(row.get("sequence")),
        bytes(row, "event_hash"),
        moment(row.get("signed_at")),
        UUID.fromString(row.get("key_id")),
        bytes(row, "previous_digest"),
        bytes(row, "signature"));
  }

  private boolean rows(String table, Consumer<Map<String, String>> taker) throws IOException {
    boolean found = false;
    try (BufferedReader lines = Files.newBufferedReader(dump, StandardCharsets.UTF_8)) {
      String begin = "COPY " + table + " (";
      List<String> columns = null;
      String line;
      while ((line = lines.readLine()) != null) {
        if (columns == null) {
          if (line.startsWith(begin) && line.endsWith(") FROM stdin;")) {
            columns = List.of(line.substring(begin.length(), line.indexOf(')')).split(", "));
            found = true;
          }
        } else if (line.equals("\\.")) {
          columns = null;
        } else {
          taker.accept(values(columns, line));
        }
      }
      if (columns != null) {
        throw new IOException("the dump is cut off within " + table);
      }
    } catch (IllegalArgumentException | DateTimeException | NullPointerException e) {
      throw new IOException("a row of " + table + " in the dump cannot be read", e);
    }
    return found;
  }

  private static Map<String, String> values(List<String> columns, String line) {
    String[] values = line.split("\t", -1);
    if (values.length != columns.size()) {
      throw new IllegalArgumentException("another number of values than of columns");
    }
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      row.put(columns.get(i), values[i].equals("\\N") ? null : text(values[i]));
    }
    return row;
  }

  /** Undoes COPY's escapes. */
  private static String text(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder text = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char next = value.charAt(i);
      if (next == '\\' && i + 1 < value.length()) {
        next =
            switch (value.charAt(++i)) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              case 'v' -> '\u000b';
              default -> value.charAt(i);
            };
      }
      text.append(next);
    }
    return text.toString();
  }

  private static byte[] bytes(Map<String, String> row, String column) {
    String value = row.get(column);
    if (!value.startsWith("\\x")) {
      throw new IllegalArgumentException(column + " is not in hexadecimal");
    }
    return HexFormat.of().parseHex(value, 2, value.length());
  }

  private static Instant moment(String text) {
    return OffsetDateTime.parse(text, MOMENT).toInstant();
  }
}
