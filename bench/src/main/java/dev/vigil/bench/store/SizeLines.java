package dev.vigil.bench.store;

import dev.vigil.bench.system.StoreSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What each table and index takes of an Observation, the largest first. */
final class SizeLines {

  private static final double SMALLEST = 0.5;

  private SizeLines() {}

  /** Of each table with its indexes in one. */
  static List<String> byTable(StoreSize grown, long observations) {
    Map<String, Long> tables = new TreeMap<>();
    grown.bytes().forEach((name, bytes) -> tables.merge(name.split(" ")[0], bytes, Long::sum));
    return of(new StoreSize(tables), observations);
  }

  static List<String> of(StoreSize grown, long observations) {
    List<String> lines = new ArrayList<>();
    double rest = 0;
    List<Map.Entry<String, Long>> sorted =
        grown.bytes().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .toList();
    for (Map.Entry<String, Long> entry : sorted) {
      double each = entry.getValue() / (double) observations;
      if (each < SMALLEST) {
        rest += each;
      } else {
        lines.add(String.format(Locale.ROOT, "%8.1f B  %s", each, entry.getKey()));
      }
    }
    lines.add(String.format(Locale.ROOT, "%8.1f B  all others", rest));
    return lines;
  }
}
