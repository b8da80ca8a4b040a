package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Moves the rows of one week into blocks, once, in the caller's transaction. */
final class WeekToBlocks {

  private static final int BLOCKS_AT_ONCE = 100;

  /** A group of fewer rows takes less as rows. */
  private static final int FEWEST_IN_BLOCK = 4;

  /**
   * What stays rows is written again while others wait, when the room of the others is given back.
   */
  private static final int MOST_KEPT = 50_000;

  /** What tells whether a row came, went or changed: each write has a new sequence or version. */
  private record Seen(long rows, long places, long versions, long sequences) {

    Seen and(BlockRow row) {
      return new Seen(
          rows + 1,
          places + (row.place() & 0xFFFFFFFFL),
          versions + row.version(),
          sequences + row.sequence());
    }
  }

  private final NamedParameterJdbcTemplate jdbc;
  private final JdbcClient client;

  private final int week;
  private final List<BlockRow> group = new ArrayList<>();
  private final List<MapSqlParameterSource> blocks = new ArrayList<>();
  private final List<Long> kept = new ArrayList<>();
  private final BlockIdentifiers identifiers = new BlockIdentifiers();
  private Seen seen = new Seen(0, 0, 0, 0);
  private int ordinal;
  private int decimals;
  private long packedRows;

  WeekToBlocks(NamedParameterJdbcTemplate jdbc, int week) {
    this.jdbc = jdbc;
    this.client = JdbcClient.create(jdbc);
    this.week = week;
  }

  /**
   * Packs it.
   *
   * @return false if the transaction has to be rolled back: the week was written to meanwhile, or
   *     too much of it would stay rows
   */
  boolean pack() {
    ordinal =
        client
            .sql(
                """
                select coalesce(max(id & 16777215) + 1, 0) from telemetry.observation_block
                where id >= :week::bigint << 24 and id < (:week + 1)::bigint << 24
                """)
            .param("week", week)
            .query(Integer.class)
            .single();
    jdbc.query(
        BlockRow.SELECT.formatted(ExpiredObservations.in(week, week + 1)),
        row -> {
          add(BlockRow.read(row));
        });
    finishBlock();
    insertBlocks();
    if (packedRows == 0 || kept.size() > MOST_KEPT) {
      return false;
    }
    identifiers.insert(jdbc, week);
    return deleteRows();
  }

  private void add(BlockRow row) {
    seen = seen.and(row);
    if (!row.packable()) {
      kept.add(row.place());
      return;
    }
    int most = Math.max(decimals, row.decimals());
    boolean joins =
        !group.isEmpty()
            && group.size() < Block.MOST_ROWS
            && row.joins(group.get(0))
            && (row.value() == null
                || row.digits(most) != null
                    && (most == decimals
                        || group.stream().allMatch(one -> one.digits(most) != null)));
    if (!joins) {
      finishBlock();
    }
    group.add(row);
    decimals = Math.max(decimals, row.decimals());
  }

  private void finishBlock() {
    if (group.size() < FEWEST_IN_BLOCK) {
      group.forEach(row -> kept.add(row.place()));
    } else {
      for (BlockRow row : group) {
        if (row.identifier() != null) {
          identifiers.add(row.identifier(), ordinal);
        }
      }
      blocks.add(Block.columns(week, ordinal, group));
      packedRows += group.size();
      ordinal++;
      if (blocks.size() == BLOCKS_AT_ONCE) {
        insertBlocks();
      }
    }
    group.clear();
    decimals = 0;
  }

  private void insertBlocks() {
    if (!blocks.isEmpty()) {
      jdbc.batchUpdate(Block.INSERT, blocks.toArray(MapSqlParameterSource[]::new));
      blocks.clear();
    }
  }

  /** Nobody writes to the week meanwhile. Every snapshot sees either the rows or the blocks. */
  private boolean deleteRows() {
    client.sql(WeekPacking.SHORT_WAITS).update();
    client
        .sql("select telemetry.hold_observation_partition(:week)")
        .param("week", week)
        .query(row -> {});
    if (!seen.equals(now())) {
      return false;
    }
    int deleted =
        client
            .sql(
                "delete from telemetry.observation where place <> all(:kept) and "
                    + ExpiredObservations.in(week, week + 1))
            .param("kept", kept.toArray(Long[]::new), Types.ARRAY)
            .update();
    if (deleted != packedRows) {
      return false;
    }
    client
        .sql(
            """
            update telemetry.packed_week
            set packed_at = clock_timestamp(), shrunk_at = null,
              packed_rows = packed_rows + :packed, kept_rows = :kept,
              high_updated = (
                select max(high_updated) from telemetry.observation_block where week = :week)
            where week = :week
            """)
        .param("week", week)
        .param("packed", packedRows)
        .param("kept", kept.size())
        .update();
    return true;
  }

  private Seen now() {
    return client
        .sql(
            """
            select count(*) as rows, coalesce(sum(place & 4294967295), 0)::bigint as places,
              coalesce(sum(version), 0) as versions, coalesce(sum(sequence), 0)::bigint as sequences
            from telemetry.observation where %s
            """
                .formatted(ExpiredObservations.in(week, week + 1)))
        .query(
            (row, n) ->
                new Seen(
                    row.getLong("rows"),
                    row.getLong("places"),
                    row.getLong("versions"),
                    row.getLong("sequences")))
        .single();
  }
}
