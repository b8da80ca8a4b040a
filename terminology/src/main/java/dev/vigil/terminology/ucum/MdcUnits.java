package dev.vigil.terminology.ucum;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * IEEE 11073-10101 unit codes ({@code MDC_DIM_...}, partition 4) and the UCUM units they stand for.
 * The rows are the resource {@code mdc-units.tsv}.
 */
public final class MdcUnits {

  private static final int PARTITION_OF_DIMENSIONS = 4;

  private static final MdcUnits STANDARD = load();

  private final Map<String, String> byCode;

  private MdcUnits(Map<String, String> byCode) {
    this.byCode = Map.copyOf(byCode);
  }

  /** The one table. */
  public static MdcUnits standard() {
    return STANDARD;
  }

  /**
   * The UCUM unit of an MDC unit code.
   *
   * @param mdcCode decimal 32-bit code, partition * 65536 + term, for example {@code 266016}
   * @return for example {@code mm[Hg]}; empty for a code that is not in the table, and for null
   */
  public Optional<String> ucum(String mdcCode) {
    return mdcCode == null ? Optional.empty() : Optional.ofNullable(byCode.get(mdcCode));
  }

  /** The UCUM units of the table. */
  Collection<String> units() {
    return byCode.values();
  }

  private static MdcUnits load() {
    try (InputStream resource = MdcUnits.class.getResourceAsStream("mdc-units.tsv");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return read(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the table: code, reference id, UCUM unit, tab-separated; {@code #} begins a comment.
   *
   * @throws IllegalStateException if a code is not of partition 4 or comes twice, or a unit is not
   *     UCUM
   */
  static MdcUnits read(BufferedReader lines) throws IOException {
    Map<String, String> byCode = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] cells = line.split("\t", -1);
      if (cells.length != 3) {
        throw new IllegalStateException("a row has three cells: " + line);
      }
      if (Integer.parseInt(cells[0]) / 65_536 != PARTITION_OF_DIMENSIONS) {
        throw new IllegalStateException("not a code of partition 4: " + cells[0]);
      }
      if (!Ucum.standard().valid(cells[2])) {
        throw new IllegalStateException("not a UCUM unit: " + cells[2]);
      }
      if (byCode.put(cells[0], cells[2]) != null) {
        throw new IllegalStateException("a code comes twice: " + cells[0]);
      }
    }
    return new MdcUnits(byCode);
  }
}
