package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Blocks that have been kept long enough: shape and patient of all their rows are the same, and of
 * what they hold no other version is kept and no link.
 */
final class ExpiredBlocks {

  private static final String DUE =
      """
      from telemetry.observation_block
      where week = :week and tenant = :tenant and shape_id = any(:shapes)
        and (patient is null or patient <> all(:held))
      """;

  private final JdbcClient jdbc;

  ExpiredBlocks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** How many Observations are due. */
  long count(int tenant, int week, List<Integer> shapes, HeldRows held) {
    return bind("select coalesce(sum(rows), 0) " + DUE, tenant, week, shapes, held)
        .query(Long.class)
        .single();
  }

  /**
   * Takes some blocks away in the caller's transaction; those that another one is unpacking are
   * left.
   *
   * @param most about so many Observations
   * @return what was in them
   */
  List<ObservationKey> remove(int tenant, int week, List<Integer> shapes, HeldRows held, int most) {
    Long[] ids =
        bind("select id " + DUE + " limit :most for update skip locked", tenant, week, shapes, held)
            .param("most", Math.max(1, most / Block.MOST_ROWS))
            .query(Long.class)
            .list()
            .toArray(Long[]::new);
    if (ids.length == 0) {
      return List.of();
    }
    String these = " where id = any(:ids)";
    List<ObservationKey> keys =
        jdbc.sql("select place from telemetry.packed_observation" + these)
            .param("ids", ids, Types.ARRAY)
            .query((row, n) -> new ObservationKey(row.getLong("place")))
            .list();
    jdbc.sql("delete from telemetry.observation_block" + these)
        .param("ids", ids, Types.ARRAY)
        .update();
    return keys;
  }

  private JdbcClient.StatementSpec bind(
      String sql, int tenant, int week, List<Integer> shapes, HeldRows held) {
    return jdbc.sql(sql)
        .param("week", week)
        .param("tenant", tenant)
        .param("shapes", shapes.toArray(Integer[]::new), Types.ARRAY)
        .param("held", held.numbers(), Types.ARRAY);
  }
}
