package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Removes Observations that have been kept long enough, as if they never were: a few at a time, and
 * none that another transaction is just writing. Those that were deleted go as well, with their
 * versions. See {@link ExpiredWeek} for whole weeks at once.
 */
public final class ExpiredObservations {

  /**
   * What a step removed.
   *
   * @param keys which ones
   * @param next where the next step goes on
   * @param done whether the week has no more to remove now
   */
  public record Removed(List<ObservationKey> keys, long next, boolean done) {}

  private final JdbcClient jdbc;
  private final TenantNumbers tenants;
  private final ObservationErasure erasure;
  private final PackedWeeks packed;
  private final ExpiredBlocks blocks;

  /** On the data source of the transactions that remove. */
  public ExpiredObservations(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
    this.tenants = new TenantNumbers(jdbc);
    this.packed = new PackedWeeks(jdbc);
    this.erasure = new ObservationErasure(jdbc, new Targets(jdbc), packed);
    this.blocks = new ExpiredBlocks(jdbc);
  }

  /** The first moments of the weeks that may hold something due, the oldest first. */
  public SortedSet<Instant> weeks(Expiry expiry) {
    SortedSet<Instant> weeks = new TreeSet<>();
    int shortest = expiry.keepDays().values().stream().mapToInt(Integer::intValue).min().orElse(-1);
    if (shortest < 0) {
      return weeks;
    }
    int firstKept = expiry.firstKept(shortest);
    for (int first : partitions()) {
      int behind = Math.min(firstKept, Week.partitionEnds(first));
      if (behind == first + 1) {
        weeks.add(Week.begins(first));
      } else if (behind > first) {
        jdbc.sql(
                "select distinct place >> 42 from telemetry.observation where " + in(first, behind))
            .query(Integer.class)
            .list()
            .forEach(week -> weeks.add(Week.begins(week)));
      }
    }
    jdbc.sql(
            """
            select distinct key >> 42 from telemetry.observation_version
            where deleted and superseded_at is null and key < :place
            """)
        .param("place", Week.place(firstKept))
        .query(Integer.class)
        .list()
        .forEach(week -> weeks.add(Week.begins(week)));
    return weeks;
  }

  private List<Integer> partitions() {
    return jdbc.sql(
            """
            select substring(relname from '[0-9]+$')::integer as first from pg_inherits
            join pg_class on pg_class.oid = inhrelid
            where inhparent = 'telemetry.observation'::regclass and relname ~ '^observation_w[0-9]+$'
            order by first
            """)
        .query(Integer.class)
        .list();
  }

  static String in(int first, int behind) {
    return "observation.place >= "
        + Week.place(first)
        + " and observation.place < "
        + Week.place(behind);
  }

  /** How many Observations of a week would be removed now. */
  public long count(TenantId tenantId, Expiry expiry, Instant weekBegins) {
    int tenant = tenants.find(tenantId);
    int week = Week.of(weekBegins);
    DueShapes shapes = new DueShapes(jdbc, tenant);
    HeldRows held = HeldRows.of(jdbc, tenant, expiry.held());
    long count = dead(tenant, expiry, week, shapes, held, Integer.MAX_VALUE, "").size();
    count += blocks.count(tenant, week, shapes.dueWithoutRowsBeside(expiry, week), held);
    List<Integer> due = shapes.due(expiry, week);
    if (!due.isEmpty()) {
      count +=
          jdbc.sql("select count(*) " + rows(week, held))
              .param("from", 0L)
              .param("tenant", tenant)
              .param("shapes", due.toArray(Integer[]::new), Types.ARRAY)
              .param("held", held.numbers(), Types.ARRAY)
              .param("heldIds", held.ids(), Types.ARRAY)
              .query(Long.class)
              .single();
    }
    List<Integer> asked = new ArrayList<>(shapes.perhaps(expiry, week));
    asked.removeAll(due);
    List<Living> whole = living(tenant, week, asked, held, 0, Integer.MAX_VALUE, "");
    count += due(tenant, whole, shapes, expiry, week).size();
    return count;
  }

  /**
   * Removes some Observations of a week in the caller's transaction, which holds the lock of the
   * log.
   *
   * @param from 0, then what the step before says
   * @param most at most that many; more than 16
   */
  public Removed remove(TenantId tenantId, Expiry expiry, Instant weekBegins, long from, int most) {
    int tenant = tenants.find(tenantId);
    int week = Week.of(weekBegins);
    DueShapes shapes = new DueShapes(jdbc, tenant);
    HeldRows held = HeldRows.of(jdbc, tenant, expiry.held());
    if (packed.weeks().contains(week)) {
      List<ObservationKey> inBlocks =
          blocks.remove(tenant, week, shapes.dueWithoutRowsBeside(expiry, week), held, most);
      if (!inBlocks.isEmpty()) {
        erasure.erase(tenant, inBlocks);
        return new Removed(inBlocks, from, false);
      }
    }
    String lock = "for update of %s skip locked";
    List<Living> found =
        living(
            tenant,
            week,
            shapes.perhaps(expiry, week),
            held,
            from,
            most,
            lock.formatted("observation"));
    List<ObservationKey> keys = due(tenant, found, shapes, expiry, week);
    boolean livingDone = found.size() < most;
    if (livingDone) {
      List<ObservationKey> dead =
          dead(tenant, expiry, week, shapes, held, most, lock.formatted("deletion"));
      keys.addAll(dead);
      livingDone = dead.size() < most;
    }
    erasure.erase(tenant, keys);
    long next = found.isEmpty() ? from : group(found.get(found.size() - 1));
    return new Removed(List.copyOf(keys), next, livingDone);
  }

  private static String rows(int week, HeldRows held) {
    return """
        from telemetry.observation
        where %s and place >> %d >= :from and tenant = :tenant and shape_id = any(:shapes) %s
        """
        .formatted(in(week, week + 1), Places.GROUP_BITS, held.none() ? "" : HeldRows.SPARED);
  }

  private record Living(ObservationKey key, long place, int shape) {}

  private static long group(Living row) {
    return row.place() >> Places.GROUP_BITS;
  }

  private List<Living> living(
      int tenant, int week, List<Integer> shapes, HeldRows held, long from, int most, String lock) {
    if (shapes.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            select telemetry.observation_key(place, rare) as key, place, shape_id %s
            order by place >> %d
            limit :most %s
            """
                .formatted(rows(week, held), Places.GROUP_BITS, lock))
        .param("from", from)
        .param("tenant", tenant)
        .param("shapes", shapes.toArray(Integer[]::new), Types.ARRAY)
        .param("held", held.numbers(), Types.ARRAY)
        .param("heldIds", held.ids(), Types.ARRAY)
        .param("most", most)
        .query(
            (row, n) ->
                new Living(
                    new ObservationKey(row.getLong("key")),
                    row.getLong("place"),
                    row.getInt("shape_id")))
        .list();
  }

  /** Those of the rows that are due; of what is kept whole the row's own entries decide. */
  private List<ObservationKey> due(
      int tenant, List<Living> rows, DueShapes shapes, Expiry expiry, int week) {
    List<Long> whole =
        rows.stream().filter(row -> shapes.whole(row.shape())).map(Living::place).toList();
    Map<Long, Set<String>> categories = whole.isEmpty() ? Map.of() : categories(tenant, whole);
    List<ObservationKey> due = new ArrayList<>();
    for (Living row : rows) {
      if (!shapes.whole(row.shape())
          || DueShapes.due(
              expiry.days(categories.getOrDefault(row.place(), Set.of())), expiry, week)) {
        due.add(row.key());
      }
    }
    return due;
  }

  private Map<Long, Set<String>> categories(int tenant, Collection<Long> places) {
    Map<Long, Set<String>> categories = new HashMap<>();
    jdbc.sql(
            """
            select place, coalesce(system, '') || '|' || code as category
            from telemetry.observation_entry
            where tenant = :tenant and place = any(:places) and param = 'category'
              and kind = 'token' and code is not null
            """)
        .param("tenant", tenant)
        .param("places", places.toArray(Long[]::new), Types.ARRAY)
        .query(
            row -> {
              categories
                  .computeIfAbsent(row.getLong("place"), key -> new HashSet<>())
                  .add(row.getString("category"));
            });
    return categories;
  }

  /** Deleted Observations: their last content tells the shape, their key the week. */
  private List<ObservationKey> dead(
      int tenant, Expiry expiry, int week, DueShapes shapes, HeldRows held, int most, String lock) {
    List<Integer> due = shapes.certainly(expiry, week);
    if (due.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            select deletion.key from telemetry.observation_version as deletion
            where tenant = :tenant and key >= :first and key < :behind
              and deleted and superseded_at is null
              and (
                select content.shape_id from telemetry.observation_version as content
                where content.tenant = :tenant and content.key = deletion.key and not deleted
                order by version desc limit 1) = any(:shapes)
              and not exists (
                select from telemetry.observation_version as old
                where old.tenant = :tenant and old.key = deletion.key and old.patient = any(:held))
            order by key
            limit :most %s
            """
                .formatted(lock))
        .param("tenant", tenant)
        .param("first", Week.place(week))
        .param("behind", Week.place(week + 1))
        .param("shapes", due.toArray(Integer[]::new), Types.ARRAY)
        .param("held", held.numbers(), Types.ARRAY)
        .param("most", most)
        .query((row, n) -> new ObservationKey(row.getLong("key")))
        .list();
  }
}
