package dev.vigil.terminology.metric;

import dev.vigil.core.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ranges that time is counted in, by metric and unit, and how often such a signal is usually
 * sampled: the resource {@code ranges.tsv}, which names their sources. Immutable.
 */
public final class RangeTable {

  private static final Pattern RANGE =
      Pattern.compile("([a-z0-9-]+) ([\\[(])([0-9.]*),([0-9.]*)([\\])])");

  /**
   * Of one metric in one unit.
   *
   * @param interval how often such a signal is usually sampled
   * @param ranges lowest first; together they hold every number, each once
   */
  public record Row(Duration interval, List<ValueRange> ranges) {

    /** Copies the list. */
    public Row {
      ranges = List.copyOf(ranges);
    }

    /**
     * The place of the range that holds a value.
     *
     * @param value in the row's unit
     */
    public int indexOf(BigDecimal value) {
      for (int i = 0; i < ranges.size(); i++) {
        if (ranges.get(i).contains(value)) {
          return i;
        }
      }
      throw new IllegalStateException("the ranges leave a number out");
    }
  }

  private record Key(Metric metric, String unit) {}

  private static final class Standard {
    static final RangeTable INSTANCE = load();

    private static RangeTable load() {
      try (InputStream resource = RangeTable.class.getResourceAsStream("ranges.tsv");
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
        return new RangeTable(lines);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Map<Key, Row> rows = new LinkedHashMap<>();

  /**
   * A table of these lines.
   *
   * @throws IllegalStateException naming what is wrong with a row
   */
  RangeTable(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        add(line);
      }
    }
  }

  /** The table that ships with Vigil. */
  public static RangeTable standard() {
    return Standard.INSTANCE;
  }

  /**
   * The row of a metric in a unit of the catalogue.
   *
   * @return without ranges, and with an interval of zero, if none are defined
   */
  public Row of(Metric metric, String unit) {
    return rows.getOrDefault(new Key(metric, unit), new Row(Duration.ZERO, List.of()));
  }

  private void add(String line) {
    String[] cells = line.split("\t", -1);
    if (cells.length != 4) {
      throw new IllegalStateException("a row has four cells: " + line);
    }
    List<ValueRange> ranges = new ArrayList<>();
    for (String text : cells[3].split("; ")) {
      ranges.add(range(text));
    }
    requireWhole(ranges, line);
    Row row = new Row(Duration.parse(cells[2]), ranges);
    if (rows.put(new Key(new Metric(cells[0]), cells[1]), row) != null) {
      throw new IllegalStateException("a metric and unit come twice: " + line);
    }
  }

  private static ValueRange range(String text) {
    Matcher parts = RANGE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalStateException("not a range: " + text);
    }
    return new ValueRange(
        parts.group(1),
        bound(parts.group(3)),
        parts.group(2).equals("["),
        bound(parts.group(4)),
        parts.group(5).equals("]"));
  }

  private static BigDecimal bound(String text) {
    return text.isEmpty() ? null : new BigDecimal(text);
  }

  /** Each range begins where the one before ends, and exactly one of the two holds the bound. */
  private static void requireWhole(List<ValueRange> ranges, String line) {
    boolean whole =
        ranges.get(0).low() == null
            && ranges.get(ranges.size() - 1).high() == null
            && ranges.stream().map(ValueRange::code).distinct().count() == ranges.size();
    for (int i = 1; whole && i < ranges.size(); i++) {
      ValueRange below = ranges.get(i - 1);
      ValueRange above = ranges.get(i);
      whole =
          below.high() != null
              && above.low() != null
              && below.high().compareTo(above.low()) == 0
              && below.includesHigh() != above.includesLow();
    }
    if (!whole) {
      throw new IllegalStateException("the ranges do not hold every number once: " + line);
    }
  }
}
