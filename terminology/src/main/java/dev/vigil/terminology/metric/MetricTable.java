package dev.vigil.terminology.metric;

import dev.vigil.core.Code;
import dev.vigil.core.Metric;
import dev.vigil.terminology.ucum.Ucum;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code metrics.tsv}, which says how a row looks, and checks what a row can get wrong. */
final class MetricTable {

  /** The lowest code of partition 1; anything below has lost its partition. */
  private static final int FIRST_MDC_CODE = 65_536;

  private MetricTable() {}

  /**
   * One row.
   *
   * @param ranges one for each unit, in the order of the units; empty for a coded metric
   */
  record Row(MetricDefinition definition, List<PlausibleRange> ranges) {}

  /**
   * All rows, in order.
   *
   * @throws IllegalStateException naming what is wrong: a LOINC check digit, an MDC code without
   *     partition, a unit that is not UCUM, an empty range, a missing cell
   */
  static List<Row> read(BufferedReader lines) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        rows.add(row(line));
      }
    }
    return rows;
  }

  private static Row row(String line) {
    String[] cells = line.split("\t", -1);
    if (cells.length != 4) {
      throw new IllegalStateException("a row has four cells: " + line);
    }
    List<Code> codes = new ArrayList<>();
    for (String code : cells[2].split("; ")) {
      codes.add(code(code));
    }
    List<PlausibleRange> ranges = new ArrayList<>();
    if (!cells[3].isEmpty()) {
      for (String range : cells[3].split("; ")) {
        ranges.add(range(range));
      }
    }
    boolean coded = ranges.isEmpty();
    MetricDefinition definition =
        new MetricDefinition(
            new Metric(cells[0]),
            cells[1],
            codes,
            ranges.stream().map(PlausibleRange::unit).toList(),
            coded ? null : ranges.get(0).low(),
            coded ? null : ranges.get(0).high());
    return new Row(definition, List.copyOf(ranges));
  }

  private static Code code(String text) {
    if (text.startsWith("LOINC:")) {
      String loinc = text.substring("LOINC:".length());
      if (!checkDigitFits(loinc)) {
        throw new IllegalStateException("the check digit of LOINC " + loinc + " is wrong");
      }
      return new Code(Code.LOINC, loinc);
    }
    if (text.startsWith("MDC:")) {
      String mdc = text.substring("MDC:".length());
      if (!mdc.matches("[1-9]\\d{4,9}") || Long.parseLong(mdc) <= FIRST_MDC_CODE) {
        throw new IllegalStateException("MDC " + mdc + " is not partition * 65536 + term");
      }
      return new Code(Code.MDC, mdc);
    }
    throw new IllegalStateException("a code begins with LOINC: or MDC:, not " + text);
  }

  /** LOINC's check digit: mod 10 with every second digit doubled, from the right (Luhn). */
  static boolean checkDigitFits(String loinc) {
    if (!loinc.matches("\\d{1,7}-\\d")) {
      return false;
    }
    String digits = loinc.replace("-", "");
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighted = i % 2 == 0 ? digit : 2 * digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return sum % 10 == 0;
  }

  private static PlausibleRange range(String text) {
    String[] parts = text.split(" ");
    if (parts.length != 3) {
      throw new IllegalStateException("a unit has a low and a high value: " + text);
    }
    if (!Ucum.standard().valid(parts[0])) {
      throw new IllegalStateException("not a UCUM unit: " + parts[0]);
    }
    try {
      return new PlausibleRange(parts[0], new BigDecimal(parts[1]), new BigDecimal(parts[2]));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("not a range: " + text, e);
    }
  }
}
