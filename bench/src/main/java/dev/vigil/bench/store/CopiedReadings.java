package dev.vigil.bench.store;

import dev.vigil.bench.system.StoreDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Makes a store that was filled through the door many times as large, by copying its rows within
 * PostgreSQL: each copy has a place of its own, a time of its own in the same week, and an
 * identifier that nobody asks for. Patients, devices, shapes and leaves are those of the reading it
 * is a copy of, so searches find it and read it as any other. The log is not copied, nor what is
 * beside rows: aggregates, newest values, search entries of the few shapes that need some.
 */
final class CopiedReadings {

  private static final long NUMBER = (1L << 42) - 1;
  private static final int NUMBERS_OF_A_WRITER = 1_000;

  /** Between a reading and its copy, times the number of the copy; no whole part of a week. */
  private static final long STEP_MS = 7_919;

  /** Which rows need nothing beside them to be found. */
  private static final String WHOLE = "effective_from is not null and rare = ''";

  /** Of the rows, to copy some of them once more than others. */
  private static final long PARTS = 1_000;

  private static final long WEEK_MS = 7L * 24 * 60 * 60 * 1_000;

  private final StoreDatabase database;
  private final Consumer<String> progress;

  CopiedReadings(StoreDatabase database, Consumer<String> progress) {
    this.database = database;
    this.progress = progress;
  }

  private record Week(String table, String bounds) {}

  /**
   * Copies each row as often as makes about so many more; some of them once more than others.
   * Nobody may write meanwhile. The weeks are detached while rows come in and their indexes built
   * afterwards, as a restore would.
   *
   * @return how often a row was copied at least
   */
  int copy(long more) {
    try (Connection connection = database.connect();
        Statement sql = connection.createStatement()) {
      long copied = copied(sql);
      int times = Math.toIntExact(more / copied);
      long onceMore = more % copied * PARTS / copied;
      sql.execute("set maintenance_work_mem = '512MB'");
      long stride = stride(sql, times + 1);
      for (Week week : weeks(sql)) {
        copy(sql, week, times, onceMore, stride);
        progress.accept(String.format(Locale.ROOT, "copied %s", week.table()));
      }
      return times;
    } catch (SQLException e) {
      throw new IllegalStateException("the readings cannot be copied", e);
    }
  }

  /** How many have all that is copied in their row. */
  private static long copied(Statement sql) throws SQLException {
    try (ResultSet row =
        sql.executeQuery("select count(*) from telemetry.observation where " + WHOLE)) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * The numbers of the copies lie behind each other; those of later readings behind all of them.
   */
  private static long stride(Statement sql, int times) throws SQLException {
    long last;
    try (ResultSet row = sql.executeQuery("select last_value from telemetry.observation_number")) {
      row.next();
      last = row.getLong(1);
    }
    long stride = last + 2L * NUMBERS_OF_A_WRITER;
    if (stride * (times + 1L) > NUMBER) {
      throw new IllegalArgumentException("so many numbers there are not");
    }
    sql.execute("select setval('telemetry.observation_number', " + stride * (times + 1L) + ")");
    return stride;
  }

  private static List<Week> weeks(Statement sql) throws SQLException {
    List<Week> weeks = new ArrayList<>();
    try (ResultSet rows =
        sql.executeQuery(
            """
            select leaf.oid::regclass::text, pg_get_expr(leaf.relpartbound, leaf.oid)
            from pg_inherits
            join pg_class as leaf on leaf.oid = inhrelid
            where inhparent = 'telemetry.observation'::regclass
            order by 1
            """)) {
      while (rows.next()) {
        weeks.add(new Week(rows.getString(1), rows.getString(2)));
      }
    }
    return weeks;
  }

  private static void copy(Statement sql, Week week, int times, long onceMore, long stride)
      throws SQLException {
    sql.execute("begin");
    sql.execute("alter table telemetry.observation detach partition " + week.table());
    for (String index : indexes(sql, week)) {
      sql.execute("drop index " + index);
    }
    sql.execute(
        """
        insert into %1$s (place, effective_from, updated_at, sequence, value, identifier, patient, device,
          shape_id, version, tenant, rare, leaves)
        select place + n * %2$d,
          begin + ((extract(epoch from effective_from - begin) * 1000)::bigint + n * %3$d) %% %4$d
            * interval '1 millisecond',
          updated_at, sequence, value, identifier # (n * 2654435761), patient, device, shape_id, version, tenant,
          rare, leaves
        from %1$s, generate_series(1, %5$d + 1) as n,
          lateral (select timestamptz '0001-01-01 00:00:00Z' + (place >> 42) * interval '7 days' as begin) as week
        where %6$s and (n <= %5$d or (place >> 4) %% %7$d < %8$d)
        """
            .formatted(week.table(), stride, STEP_MS, WEEK_MS, times, WHOLE, PARTS, onceMore));
    sql.execute(
        "alter table telemetry.observation attach partition " + week.table() + " " + week.bounds());
    sql.execute("commit");
    sql.execute("vacuum (analyze) " + week.table());
  }

  private static List<String> indexes(Statement sql, Week week) throws SQLException {
    List<String> indexes = new ArrayList<>();
    try (ResultSet rows =
        sql.executeQuery(
            "select indexrelid::regclass::text from pg_index where indrelid = '%s'::regclass"
                .formatted(week.table()))) {
      while (rows.next()) {
        indexes.add(rows.getString(1));
      }
    }
    return indexes;
  }
}
