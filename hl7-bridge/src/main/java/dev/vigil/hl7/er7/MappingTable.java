package dev.vigil.hl7.er7;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A mapping that is data: lines of comma-separated cells without quotes, found by the first cell. A
 * line that begins with {@code #} says what the columns are.
 */
public final class MappingTable {

  private final Map<String, List<String>> rows;

  private MappingTable(Map<String, List<String>> rows) {
    this.rows = rows;
  }

  /**
   * Reads a table that lies beside a class.
   *
   * @throws IllegalStateException if it is not there, or holds a key twice
   */
  public static MappingTable beside(Class<?> owner, String file) {
    try (InputStream in = owner.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("mapping table " + file + " is missing");
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return new MappingTable(
          reader
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> Arrays.asList(line.split(",")))
              .collect(Collectors.toUnmodifiableMap(row -> row.get(0), row -> row)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The row of a key, the key first. */
  public Optional<List<String>> row(String key) {
    return Optional.ofNullable(rows.get(key));
  }

  /** The second cell of a key's row. */
  public Optional<String> value(String key) {
    return row(key).map(cells -> cells.get(1));
  }
}
