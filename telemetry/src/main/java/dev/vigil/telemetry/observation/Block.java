package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.function.ToLongFunction;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

/** Rows as one row of {@code telemetry.observation_block}; the migration says how. */
final class Block {

  /** Eight bytes of each of so many fill a page's quarter, which PostgreSQL stores apart. */
  static final int MOST_ROWS = 248;

  static final String INSERT =
      """
      insert into telemetry.observation_block (week, id, tenant, patient, device, shape_id, rows,
        place, place_step, place_bytes, low_place, high_place,
        effective, effective_step, effective_unit, effective_bytes, low_effective, high_effective,
        updated, updated_step, updated_unit, updated_bytes, low_updated, high_updated,
        sequence, sequence_step, sequence_bytes, value, decimals, value_bytes, identifier_bytes,
        leaf_head, leaf_tail, leaf_bytes, rare)
      values (:week, :id, :tenant, :patient, :device, :shape, :rows,
        :place, :placeStep, :placeBytes, :lowPlace, :highPlace,
        :effective, :effectiveStep, :effectiveUnit, :effectiveBytes, :lowEffective, :highEffective,
        :updated, :updatedStep, :updatedUnit, :updatedBytes, :lowUpdated, :highUpdated,
        :sequence, :sequenceStep, :sequenceBytes, :value, :decimals, :valueBytes, :identifierBytes,
        :leafHead, :leafTail, :leafBytes, :rare)
      """;

  private static final List<String> MAY_BE_MISSING =
      List.of(
          "effective",
          "effectiveStep",
          "effectiveUnit",
          "effectiveBytes",
          "lowEffective",
          "highEffective",
          "value",
          "decimals",
          "valueBytes",
          "identifierBytes",
          "rare");

  private final List<BlockRow> rows;
  private final BlockRow first;
  private final MapSqlParameterSource source;

  private Block(int week, int ordinal, List<BlockRow> rows) {
    this.rows = rows;
    this.first = rows.get(0);
    this.source = new MapSqlParameterSource();
    MAY_BE_MISSING.forEach(column -> source.addValue(column, null));
    source
        .addValue("week", week)
        .addValue("id", (long) week << 24 | ordinal)
        .addValue("tenant", first.tenant())
        .addValue("patient", first.patient())
        .addValue("device", first.device())
        .addValue("shape", first.shape())
        .addValue("rows", rows.size());
  }

  /** The columns of a block of rows that may follow each other. */
  static MapSqlParameterSource columns(int week, int ordinal, List<BlockRow> rows) {
    Block block = new Block(week, ordinal, rows);
    block.numbers("Place", PackedNumbers.ofOnes(block.each(BlockRow::place)));
    block.range("Place", BlockRow::place);
    block.numbers("Sequence", PackedNumbers.ofOnes(block.each(BlockRow::sequence)));
    block.numbers("Updated", PackedNumbers.of(block.each(BlockRow::updated)));
    block.range("Updated", BlockRow::updated);
    if (block.first.effective() != null) {
      block.numbers("Effective", PackedNumbers.of(block.each(BlockRow::effective)));
      block.range("Effective", BlockRow::effective);
    }
    block.values();
    block.identifiers();
    block.leaves();
    block.rare();
    return block.source;
  }

  private long[] each(ToLongFunction<BlockRow> column) {
    return rows.stream().mapToLong(column).toArray();
  }

  private void numbers(String name, PackedNumbers numbers) {
    String column = Character.toLowerCase(name.charAt(0)) + name.substring(1);
    source
        .addValue(column, numbers.first())
        .addValue(column + "Step", numbers.step())
        .addValue(column + "Unit", numbers.unit())
        .addValue(column + "Bytes", numbers.bytes());
  }

  private void range(String name, ToLongFunction<BlockRow> column) {
    LongSummaryStatistics range = rows.stream().mapToLong(column).summaryStatistics();
    source.addValue("low" + name, range.getMin()).addValue("high" + name, range.getMax());
  }

  private void values() {
    if (first.value() == null) {
      return;
    }
    int decimals = rows.stream().mapToInt(BlockRow::decimals).max().orElseThrow();
    long[] digits = each(row -> row.digits(decimals));
    long least = Arrays.stream(digits).min().orElseThrow();
    long most = Arrays.stream(digits).max().orElseThrow() - least;
    int width = (Long.SIZE - Long.numberOfLeadingZeros(most) + 7) / 8;
    byte[] bytes = new byte[width * digits.length];
    for (int n = 0; n < digits.length; n++) {
      PackedNumbers.put(bytes, n, width, digits[n] - least);
    }
    source.addValue("value", least).addValue("decimals", decimals).addValue("valueBytes", bytes);
  }

  private void identifiers() {
    if (first.identifier() == null) {
      return;
    }
    byte[] bytes = new byte[Long.BYTES * rows.size()];
    for (int n = 0; n < rows.size(); n++) {
      PackedNumbers.put(bytes, n, Long.BYTES, rows.get(n).identifier());
    }
    source.addValue("identifierBytes", bytes);
  }

  private void leaves() {
    int length = first.leaves().length;
    int head = length;
    int tail = length;
    for (BlockRow row : rows) {
      int differs = Arrays.mismatch(first.leaves(), row.leaves());
      if (differs >= 0) {
        head = Math.min(head, differs);
        int same = 0;
        while (first.leaves()[length - 1 - same] == row.leaves()[length - 1 - same]) {
          same++;
        }
        tail = Math.min(tail, same);
      }
    }
    tail = Math.min(tail, length - head);
    int width = length - head - tail;
    byte[] bytes = new byte[width * rows.size()];
    for (int n = 0; n < rows.size(); n++) {
      System.arraycopy(rows.get(n).leaves(), head, bytes, n * width, width);
    }
    source
        .addValue("leafHead", Arrays.copyOf(first.leaves(), head))
        .addValue("leafTail", Arrays.copyOfRange(first.leaves(), length - tail, length))
        .addValue("leafBytes", bytes);
  }

  private void rare() {
    if (rows.stream().anyMatch(row -> !row.rare().isEmpty())) {
      source.addValue(
          "rare", rows.stream().map(BlockRow::rare).toArray(String[]::new), Types.ARRAY);
    }
  }
}
