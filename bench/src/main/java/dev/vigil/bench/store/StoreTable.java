package dev.vigil.bench.store;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures as they come in, and the table of them. Not safe for many threads. */
final class StoreTable {

  private static final String LINE = "%-46s %15s %15s %15s %15s %9s %9s %9s  %s";

  private final Map<Row, Map<Column, Figure>> figures = new EnumMap<>(Row.class);
  private final List<String> notes = new ArrayList<>();

  void put(Row row, Column column, Figure figure) {
    figures.computeIfAbsent(row, none -> new EnumMap<>(Column.class)).put(column, figure);
  }

  /** A line below the table. */
  void note(Column column, String text) {
    notes.add(String.format("%-13s %s", column.title(), text));
  }

  /** All that came in. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "",
            Column.VIGIL.title(),
            Column.DEFAULT.title(),
            Column.TUNED.title(),
            Column.COPY.title(),
            "x default",
            "x tuned",
            "of limit",
            "target"));
    figures.forEach((row, cells) -> lines.add(row(row, cells)));
    lines.add("");
    lines.addAll(notes);
    return String.join(System.lineSeparator(), lines);
  }

  private static String row(Row row, Map<Column, Figure> cells) {
    return line(
        row.title(),
        cell(cells, Column.VIGIL),
        cell(cells, Column.DEFAULT),
        cell(cells, Column.TUNED),
        cell(cells, Column.COPY),
        ratio(row, cells, Column.DEFAULT),
        ratio(row, cells, Column.TUNED),
        ratio(row, cells, Column.COPY),
        row.target());
  }

  private static String line(Object... cells) {
    return String.format(Locale.ROOT, LINE, cells).stripTrailing();
  }

  private static String cell(Map<Column, Figure> cells, Column column) {
    Figure figure = cells.get(column);
    return figure == null ? "-" : figure.text();
  }

  private static String ratio(Row row, Map<Column, Figure> cells, Column column) {
    Figure ours = cells.get(Column.VIGIL);
    Figure theirs = cells.get(column);
    if (row == Row.READBACK || ours == null || theirs == null || Double.isNaN(theirs.value())) {
      return "-";
    }
    double ratio = row.ratio(ours.value(), theirs.value());
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.0f", ratio);
  }
}
