package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Where statements find Observations: in rows, and in the blocks of packed weeks if they ask about
 * such. Which weeks those are is remembered for a while. A week is announced long before its first
 * block is there, so what is remembered may name too many, never too few.
 */
final class PackedWeeks {

  /** From the announcement of a week to its first block. */
  static final Duration GRACE = Duration.ofMinutes(10);

  private static final Duration KEPT = Duration.ofSeconds(30);

  /** Groups of places that a block's index knows; the migration says the same. */
  private static final int GROUP_BITS = 5;

  static final String COLUMNS =
      "place, effective_from, updated_at, sequence, value, identifier, patient, device, shape_id,"
          + " version, tenant, rare, leaves";

  /** So that all of this process see at once what it announces. */
  private static final AtomicLong ANNOUNCEMENTS = new AtomicLong();

  private record Known(SortedSet<Integer> weeks, long since, long announcements) {}

  private final JdbcClient jdbc;
  private volatile Known known;

  PackedWeeks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A week was announced by this process, and that is committed. */
  static void announced() {
    ANNOUNCEMENTS.incrementAndGet();
  }

  /** How many Observations there are, of all tenants. No block is opened for it. */
  long count() {
    return jdbc.sql(
            """
            select (select count(*) from telemetry.observation)
              + (select coalesce(sum(rows), 0) from telemetry.observation_block)
            """)
        .query(Long.class)
        .single();
  }

  /** Weeks that may have blocks. */
  SortedSet<Integer> weeks() {
    Known now = known;
    if (now == null
        || System.nanoTime() - now.since() > KEPT.toNanos()
        || now.announcements() != ANNOUNCEMENTS.get()) {
      long since = System.nanoTime();
      long announcements = ANNOUNCEMENTS.get();
      SortedSet<Integer> weeks =
          new TreeSet<>(
              jdbc.sql("select week from telemetry.packed_week").query(Integer.class).list());
      now = new Known(weeks, since, announcements);
      if (TransactionSynchronizationManager.getCurrentTransactionIsolationLevel() == null) {
        known = now; // A lasting snapshot may be older than an announcement.
      }
    }
    return now.weeks();
  }

  /** Those of the places that may lie in blocks. */
  List<Long> packed(Collection<Long> places) {
    SortedSet<Integer> weeks = weeks();
    return weeks.isEmpty()
        ? List.of()
        : places.stream().filter(place -> weeks.contains(week(place))).toList();
  }

  /** Observations outside of blocks, to stand after {@code from}. */
  String rowsOnly() {
    return "telemetry.observation as observation";
  }

  /** All Observations, to stand after {@code from}. */
  String all() {
    return all("observation");
  }

  /** The same under another name. */
  String all(String alias) {
    return weeks().isEmpty()
        ? "telemetry.observation as " + alias
        : union("true").replaceFirst("observation$", alias);
  }

  /**
   * Those of some weeks, to stand after {@code from}; others may be among them.
   *
   * @param fromWeek the first
   * @param behindWeek the first one behind
   * @param narrower conditions on blocks that leave out those without hits
   */
  String within(int fromWeek, int behindWeek, List<String> narrower) {
    if (fromWeek >= behindWeek || weeks().subSet(fromWeek, behindWeek).isEmpty()) {
      return rowsOnly();
    }
    return union(
        "week >= "
            + fromWeek
            + " and week < "
            + behindWeek
            + narrower.stream().map(one -> " and " + one).collect(Collectors.joining()));
  }

  /** Those at some places, to stand after {@code from}; others may be among them. */
  String at(Collection<Long> places) {
    List<Long> packed = packed(places);
    return packed.isEmpty() ? rowsOnly() : union(blocksOf(packed));
  }

  /** Those at the one place that is the statement's parameter {@code place}. */
  String atOne(long place) {
    return packed(List.of(place)).isEmpty()
        ? rowsOnly()
        : union(
            "week = %d and place_groups && array[:place >> %d]".formatted(week(place), GROUP_BITS));
  }

  /**
   * Whether no block has anything that was written at a time or later. Asked after rows alone were
   * searched, nothing is missed: what became packed meanwhile counts.
   */
  boolean noneSince(Instant updatedAt) {
    return jdbc.sql(
            """
            select coalesce(max(high_updated) < :updated, true) from telemetry.packed_week
            """)
        .param("updated", TimeColumn.micros(updatedAt))
        .query(Boolean.class)
        .single();
  }

  /** The condition on a block that it may have one of the places. */
  static String blocksOf(Collection<Long> places) {
    return "week = any('{"
        + places.stream()
            .map(PackedWeeks::week)
            .distinct()
            .map(String::valueOf)
            .collect(Collectors.joining(","))
        + "}'::integer[]) and place_groups && '{"
        + places.stream()
            .map(place -> place >> GROUP_BITS)
            .distinct()
            .map(String::valueOf)
            .collect(Collectors.joining(","))
        + "}'::bigint[]";
  }

  private static String union(String blocks) {
    return """
        (select %1$s from telemetry.observation
          union all
          select %1$s from telemetry.packed_observation where %2$s) as observation"""
        .formatted(COLUMNS, blocks);
  }

  private static int week(long place) {
    return (int) (place >>> ObservationKey.NUMBER_BITS);
  }

  /**
   * Locks the blocks that hold some of the places to the end of the transaction, but for those that
   * another one has locked: for these it does not wait.
   *
   * @return the places that lie in blocks of others
   */
  Set<Long> lock(int tenant, Collection<Long> places) {
    List<Long> packed = packed(places);
    Map<Long, Long> blockOf = new HashMap<>();
    if (!packed.isEmpty()) {
      jdbc.sql(
              """
              select place, id from telemetry.packed_observation
              where tenant = :tenant and %s and place = any(:places)
              """
                  .formatted(blocksOf(packed)))
          .param("tenant", tenant)
          .param("places", packed.toArray(Long[]::new), Types.ARRAY)
          .query(
              row -> {
                blockOf.put(row.getLong("place"), row.getLong("id"));
              });
    }
    if (!blockOf.isEmpty()) {
      Set<Long> ours =
          jdbc.sql(
                  """
                  select id from telemetry.observation_block where id = any(:blocks)
                  for update skip locked
                  """)
              .param("blocks", Set.copyOf(blockOf.values()).toArray(Long[]::new), Types.ARRAY)
              .query(Long.class)
              .set();
      blockOf.values().removeAll(ours);
    }
    return blockOf.keySet();
  }

  /**
   * Moves the blocks that hold one of the places back into rows, in the caller's transaction.
   *
   * @return whether there were any
   */
  boolean unpack(int tenant, Collection<Long> places) {
    List<Long> packed = packed(places);
    if (packed.isEmpty()) {
      return false;
    }
    // Whoever unpacks the same block waits for the first one here, and then finds it gone.
    Long[] blocks =
        jdbc.sql(
                """
                select id from telemetry.observation_block
                where id in (
                  select id from telemetry.packed_observation
                  where tenant = :tenant and %s and place = any(:places))
                order by id
                for update
                """
                    .formatted(blocksOf(packed)))
            .param("tenant", tenant)
            .param("places", packed.toArray(Long[]::new), Types.ARRAY)
            .query(Long.class)
            .list()
            .toArray(Long[]::new);
    if (blocks.length == 0) {
      return false;
    }
    for (String statement :
        List.of(
            "insert into telemetry.observation (%1$s) select %1$s from telemetry.packed_observation"
                .formatted(COLUMNS),
            "delete from telemetry.observation_block")) {
      jdbc.sql(statement + " where id = any(:blocks)")
          .param("blocks", blocks, Types.ARRAY)
          .update();
    }
    return true;
  }
}
