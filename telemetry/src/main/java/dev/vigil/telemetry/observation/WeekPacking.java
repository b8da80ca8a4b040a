package dev.vigil.telemetry.observation;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Packs the rows of weeks that are over for long into blocks, a week in one transaction. Others
 * read and write the week meanwhile; only in the last step, when the blocks take the place of the
 * rows, writers wait. If anything was written to the week since, the blocks are given up. Later,
 * when no snapshot can see the rows any more, their room is given back: for that moment all wait.
 */
public final class WeekPacking {

  private static final Logger logger = LoggerFactory.getLogger(WeekPacking.class);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /** Key of the advisory lock of the process that packs: "vigil" in ASCII and a number. */
  private static final long LOCK = (0x766967696cL << 16) + 0x201;

  private static final int FETCH = 5_000;

  /** Whoever uses the week goes first. */
  static final String SHORT_WAITS = "set local lock_timeout = '300ms'";

  /** So few rows that somebody may still see do not make the others wait. */
  private static final int FEW_DEAD = 10_000;

  /** After a week could not be packed. */
  private static final Duration AGAIN = Duration.ofDays(1);

  private final NamedParameterJdbcTemplate jdbc;
  private final JdbcClient client;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Duration after;
  private final Duration grace;
  private final Duration rest;
  private final int fewest;

  /**
   * On the data source of the transactions that write Observations.
   *
   * @param after from the end of a week until it is packed
   */
  public WeekPacking(
      DataSource dataSource, TransactionOperations transactions, Clock clock, Duration after) {
    this(dataSource, transactions, clock, after, PackedWeeks.GRACE, Duration.ofDays(1), 10_000);
  }

  /**
   * For tests.
   *
   * @param grace from the announcement of a week to its first block, so that all processes know it
   * @param rest from packing until room is given back even if nothing tells that no snapshot is as
   *     old
   * @param fewest weeks of fewer rows are not worth it
   */
  WeekPacking(
      DataSource dataSource,
      TransactionOperations transactions,
      Clock clock,
      Duration after,
      Duration grace,
      Duration rest,
      int fewest) {
    JdbcTemplate template = new JdbcTemplate(dataSource);
    template.setFetchSize(FETCH);
    this.jdbc = new NamedParameterJdbcTemplate(template);
    this.client = JdbcClient.create(dataSource);
    this.transactions = transactions;
    this.clock = clock;
    this.after = after;
    this.grace = grace;
    this.rest = rest;
    this.fewest = fewest;
  }

  /** Weeks that are packed, and how many Observations of them were put into blocks. */
  public record Packed(long weeks, long observations) {}

  /** What was packed; those that were changed or deleted since are counted too. */
  public Packed packed() {
    return client
        .sql(
            """
            select count(*) as weeks, coalesce(sum(packed_rows), 0) as observations
            from telemetry.packed_week where packed_at is not null
            """)
        .query((row, n) -> new Packed(row.getLong("weeks"), row.getLong("observations")))
        .single();
  }

  /**
   * Announces weeks that are due and packs those that were announced long enough ago, the oldest
   * first. Does nothing while another process does so.
   *
   * @param stopping whether to leave the rest to the next turn
   * @return how many weeks were packed
   */
  public int run(BooleanSupplier stopping) {
    forget();
    announce();
    int packed = 0;
    for (int week : announced()) {
      if (stopping.getAsBoolean()) {
        return packed;
      }
      packed += pack(week) ? 1 : 0;
    }
    for (int week : roomy()) {
      if (stopping.getAsBoolean()) {
        return packed;
      }
      alone(week, () -> shrink(week));
    }
    return packed;
  }

  /** Packed weeks with the room of rows that an old snapshot does not need, as it seems. */
  private List<Integer> roomy() {
    return client
        .sql(
            """
            select week from telemetry.packed_week
            left join pg_stat_all_tables as leaf
              on leaf.schemaname = 'telemetry_leaf' and leaf.relname = 'observation_w' || week
            where packed_at is not null and shrunk_at is null
              and (failed_at is null
                or failed_at <= clock_timestamp() - make_interval(secs => :again))
              and (packed_at <= clock_timestamp() - make_interval(secs => :rest)
                or greatest(last_vacuum, last_autovacuum) > packed_at and n_dead_tup < :few)
            order by week
            """)
        .param("again", AGAIN.toSeconds())
        .param("rest", rest.toSeconds())
        .param("few", FEW_DEAD)
        .query(Integer.class)
        .list();
  }

  private boolean shrink(int week) {
    client.sql(SHORT_WAITS).update();
    client
        .sql("select telemetry.shrink_observation_partition(:week)")
        .param("week", week)
        .query(row -> {});
    client
        .sql("update telemetry.packed_week set shrunk_at = clock_timestamp() where week = :week")
        .param("week", week)
        .update();
    return true;
  }

  /** What leads to blocks of a week whose last one is gone. */
  private void forget() {
    client
        .sql(
            """
            delete from telemetry.block_identifier where week in (
              select week from telemetry.packed_week as packed
              where not exists (
                select from telemetry.observation_block
                where id >= packed.week::bigint << 24 and id < (packed.week + 1)::bigint << 24))
            """)
        .update();
  }

  private void announce() {
    int announced = 0;
    for (int week : due()) {
      announced +=
          client
              .sql(
                  """
                  insert into telemetry.packed_week (week)
                  values (:week) on conflict on constraint packed_week_pk do nothing
                  """)
              .param("week", week)
              .update();
    }
    if (announced > 0) {
      PackedWeeks.announced();
    }
  }

  /** Weeks with a partition of their own that ended long enough ago and are not announced. */
  private List<Integer> due() {
    Instant before = clock.instant().minus(after);
    List<Integer> due = new ArrayList<>();
    client
        .sql(
            """
            select substring(relname from '[0-9]+$')::integer as first from pg_inherits
            join pg_class on pg_class.oid = inhrelid
            where inhparent = 'telemetry.observation'::regclass and relname ~ '^observation_w[0-9]+$'
              and not exists (
                select from telemetry.packed_week
                where week = substring(relname from '[0-9]+$')::integer)
            order by first
            """)
        .query(Integer.class)
        .list()
        .forEach(
            week -> {
              if (Week.partitionEnds(week) == week + 1
                  && !Week.begins(week + 1).isAfter(before)
                  && has(week, fewest)) {
                due.add(week);
              }
            });
    return due;
  }

  private record Announced(int week, boolean packed, long kept) {}

  /** By the clock of the database alone. Of packed weeks those in which enough gathered since. */
  private List<Integer> announced() {
    return client
        .sql(
            """
            select week, packed_at is not null as packed, kept_rows from telemetry.packed_week
            where announced_at <= clock_timestamp() - make_interval(secs => :grace)
              and (failed_at is null
                or failed_at <= clock_timestamp() - make_interval(secs => :again))
            order by week
            """)
        .param("grace", grace.toSeconds())
        .param("again", AGAIN.toSeconds())
        .query(
            (row, n) ->
                new Announced(
                    row.getInt("week"), row.getBoolean("packed"), row.getLong("kept_rows")))
        .list()
        .stream()
        .filter(one -> !one.packed() || has(one.week(), one.kept() + fewest))
        .map(Announced::week)
        .toList();
  }

  private boolean has(int week, long rows) {
    return client
        .sql(
            """
            select count(*) = :rows from (
              select from telemetry.observation where %s limit :rows) as found
            """
                .formatted(ExpiredObservations.in(week, week + 1)))
        .param("rows", rows)
        .query(Boolean.class)
        .single();
  }

  private boolean pack(int week) {
    return alone(week, () -> new WeekToBlocks(jdbc, week).pack());
  }

  /** Does a step in a transaction, unless others are at it or use the week; then it fails. */
  private boolean alone(int week, BooleanSupplier step) {
    try {
      Boolean done =
          transactions.execute(
              status -> {
                if (!mine() || !step.getAsBoolean()) {
                  status.setRollbackOnly();
                  return false;
                }
                return true;
              });
      if (Boolean.TRUE.equals(done)) {
        return true;
      }
    } catch (DataAccessException e) {
      if (!(NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException cause)
          || !LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
        throw e;
      }
    }
    logger.info("a week was in use or is not worth it, and is not packed today");
    client
        .sql("update telemetry.packed_week set failed_at = clock_timestamp() where week = :week")
        .param("week", week)
        .update();
    return false;
  }

  private boolean mine() {
    return client
        .sql("select pg_try_advisory_xact_lock(:key)")
        .param("key", LOCK)
        .query(Boolean.class)
        .single();
  }
}
