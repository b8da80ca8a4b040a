package dev.vigil.telemetry.observation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Finds blocks by the hashes of identifiers in {@code telemetry.block_identifier}. An entry of a
 * block that was unpacked stays and leads nowhere.
 */
final class BlockIdentifiers {

  /** Four rows fill a page, and none is stored apart. */
  private static final int BYTES_IN_A_ROW = 1_940;

  private static final int MOST_ORDINAL = (1 << 24) - 1;

  /** The upper half of a hash above, the ordinal of its block below. */
  private static final int HALF = Integer.SIZE;

  private long[] entries = new long[1024];
  private int count;
  private int width = 2;

  /** An identifier of the week whose blocks are written. */
  void add(long hash, int ordinal) {
    if (ordinal > MOST_ORDINAL) {
      throw new IllegalArgumentException("too many blocks");
    }
    if (ordinal >= 1 << 16) {
      width = 3;
    }
    if (count == entries.length) {
      entries = Arrays.copyOf(entries, 2 * count);
    }
    // Turns the first bit, so that Java's order is that of numbers without a sign.
    entries[count++] = hash >>> HALF << HALF ^ Long.MIN_VALUE | ordinal;
  }

  /** Writes what was added beside what the week has. */
  void insert(NamedParameterJdbcTemplate jdbc, int week) {
    takeOut(jdbc, week);
    Arrays.sort(entries, 0, count);
    List<MapSqlParameterSource> rows = new ArrayList<>();
    for (int from = 0; from < count; ) {
      int behind = Math.min(count, from + BYTES_IN_A_ROW / (Integer.BYTES + width));
      while (behind < count && prefix(behind) == prefix(behind - 1)) {
        behind++;
      }
      rows.add(row(week, from, behind));
      from = behind;
    }
    jdbc.batchUpdate(
        """
        insert into telemetry.block_identifier (week, first, hashes, ordinals)
        values (:week, :first, :hashes, :ordinals)
        """,
        rows.toArray(MapSqlParameterSource[]::new));
  }

  private void takeOut(NamedParameterJdbcTemplate jdbc, int week) {
    jdbc.query(
        "delete from telemetry.block_identifier where week = :week returning hashes, ordinals",
        new MapSqlParameterSource("week", week),
        row -> {
          ByteBuffer hashes = ByteBuffer.wrap(row.getBytes("hashes"));
          byte[] ordinals = row.getBytes("ordinals");
          int each = ordinals.length * Integer.BYTES / hashes.capacity();
          for (int n = 0; hashes.hasRemaining(); n++) {
            int ordinal = 0;
            for (int i = 0; i < each; i++) {
              ordinal = ordinal << 8 | ordinals[n * each + i] & 0xFF;
            }
            add((long) hashes.getInt() << HALF, ordinal);
          }
        });
  }

  private MapSqlParameterSource row(int week, int from, int behind) {
    byte[] hashes = new byte[Integer.BYTES * (behind - from)];
    byte[] ordinals = new byte[width * (behind - from)];
    for (int i = from; i < behind; i++) {
      PackedNumbers.put(hashes, i - from, Integer.BYTES, prefix(i));
      PackedNumbers.put(ordinals, i - from, width, entries[i]);
    }
    return new MapSqlParameterSource("week", week)
        .addValue("first", prefix(from))
        .addValue("hashes", hashes)
        .addValue("ordinals", ordinals);
  }

  private long prefix(int i) {
    return prefix(entries[i] ^ Long.MIN_VALUE);
  }

  /** What is kept of a hash. */
  static long prefix(long hash) {
    return hash >>> HALF;
  }

  /**
   * The condition on a block that it may have one of the hashes. It asks in the statement that it
   * is part of: in one before, what becomes packed in between would be missed.
   *
   * @param prefixes of the hashes, an array in SQL
   */
  static String blocksOf(String prefixes) {
    return """
        id = any(array(
          select entry.week::bigint << 24
            | substring(entry.ordinals from n * width + 1 for width)::integer
          from unnest(%s) as asked (prefix)
          cross join telemetry.packed_week as packed
          cross join lateral (
            select * from telemetry.block_identifier
            where week = packed.week and first <= asked.prefix
            order by first desc limit 1) as entry
          cross join lateral (
            values (octet_length(entry.ordinals) * 4 / octet_length(entry.hashes))) as o (width)
          cross join lateral generate_series(0, octet_length(entry.hashes) / 4 - 1) as n
          where position(substring(int8send(asked.prefix) from 5) in entry.hashes) > 0
            and substring(entry.hashes from n * 4 + 1 for 4)
              = substring(int8send(asked.prefix) from 5)))"""
        .formatted(prefixes);
  }
}
