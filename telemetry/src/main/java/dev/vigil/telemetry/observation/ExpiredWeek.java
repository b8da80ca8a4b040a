package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Empties the partition of a week at once, when everything in it, of all tenants, has been kept
 * long enough. Looking takes a while and holds nobody up; emptying then takes moments.
 */
public final class ExpiredWeek {

  /** A write says when it was made before it commits: it may be older than what was seen. */
  private static final Duration LONGEST_WRITE = Duration.ofHours(1);

  private final JdbcClient jdbc;
  private final TenantNumbers tenants;

  /** On the data source of the transactions that empty. */
  public ExpiredWeek(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
    this.tenants = new TenantNumbers(jdbc);
  }

  /**
   * How many Observations each tenant has in a week, if all of them are due; empty if one is not,
   * if there are none, or if the week has no partition of its own.
   *
   * @param expiries of every tenant with a policy
   */
  public Optional<Map<TenantId, Long>> allDue(Map<TenantId, Expiry> expiries, Instant weekBegins) {
    int week = Week.of(weekBegins);
    if (Week.partitionEnds(week) != week + 1 || Week.partitionBegins(week) != week) {
      return Optional.empty();
    }
    String rows = "from telemetry.observation where " + ExpiredObservations.in(week, week + 1);
    String blocks = "from telemetry.observation_block where week = " + week;
    Map<Integer, TenantId> byNumber = new HashMap<>();
    List<String> due = new ArrayList<>();
    expiries.forEach(
        (tenant, expiry) -> {
          int number = tenants.find(tenant);
          HeldRows held = HeldRows.of(jdbc, number, expiry.held());
          List<Integer> shapes = new DueShapes(jdbc, number).due(expiry, week);
          if (!shapes.isEmpty() && !mayHold(number, week, held)) {
            byNumber.put(number, tenant);
            due.add("(tenant = %d and shape_id = any('{%s}'))".formatted(number, numbers(shapes)));
          }
        });
    boolean stays =
        due.isEmpty()
            || jdbc.sql(
                    """
                    select exists (select %1$s and not (split_part(rare, '|', 2) = '' and (%3$s)))
                      or exists (select %2$s and not (%3$s))
                    """
                        .formatted(rows, blocks, String.join(" or ", due)))
                .query(Boolean.class)
                .single();
    if (stays) {
      return Optional.empty();
    }
    Map<TenantId, Long> counts = new HashMap<>();
    jdbc.sql(
            """
            select tenant, sum(count) as count
            from (select tenant, 1 as count %s union all select tenant, rows %s) as one
            group by tenant
            """
                .formatted(rows, blocks))
        .query(
            row -> {
              counts.put(byNumber.get(row.getInt("tenant")), row.getLong("count"));
            });
    return counts.isEmpty() ? Optional.empty() : Optional.of(counts);
  }

  private static String numbers(List<Integer> shapes) {
    return String.join(",", shapes.stream().map(String::valueOf).toList());
  }

  /** Whether the week may hold something of a person whose Observations stay. */
  private boolean mayHold(int tenant, int week, HeldRows held) {
    return !held.none()
        && jdbc.sql(
                """
                select exists (select from telemetry.observation
                  where %s and tenant = :tenant and patient = any(:held))
                or exists (select from telemetry.observation_block
                  where week = :week and tenant = :tenant and patient = any(:held))
                or exists (select from telemetry.observation_link
                  where tenant = :tenant and place >= :first and place < :behind
                    and target_type = 'Patient' and target_id = any(:ids))
                or exists (select from telemetry.observation_version
                  where tenant = :tenant and key >= :first and key < :behind
                    and patient = any(:held))
                """
                    .formatted(ExpiredObservations.in(week, week + 1)))
            .param("tenant", tenant)
            .param("held", held.numbers(), Types.ARRAY)
            .param("ids", held.ids(), Types.ARRAY)
            .param("week", week)
            .param("first", Week.place(week))
            .param("behind", Week.place(week + 1))
            .query(Boolean.class)
            .single();
  }

  /** Lets nobody read or write the week until the caller's transaction ends. */
  public void lock(Instant weekBegins) {
    jdbc.sql("select telemetry.lock_observation_partition(:week)")
        .param("week", Week.of(weekBegins))
        .query(row -> {});
  }

  /**
   * Empties a week in the caller's transaction, which holds the lock of the week, unless somebody
   * wrote into it since it was looked at.
   *
   * @param seenAt our time just before {@link #allDue} was asked
   * @param counts what it answered
   * @return whether it was emptied
   */
  public boolean empty(Instant weekBegins, Instant seenAt, Map<TenantId, Long> counts) {
    int week = Week.of(weekBegins);
    Integer[] numbers = counts.keySet().stream().map(tenants::find).toArray(Integer[]::new);
    boolean written =
        jdbc.sql(
                """
                select exists (select from telemetry.observation
                  where %s and (not tenant = any(:tenants)
                    or telemetry.second_of(updated_at) >= telemetry.second_of(:since::timestamptz)))
                or exists (select from telemetry.observation_block
                  where week = :week and not tenant = any(:tenants))
                """
                    .formatted(ExpiredObservations.in(week, week + 1)))
            .param("tenants", numbers, Types.ARRAY)
            .param("week", week)
            .param("since", TimeColumn.of(seenAt.minus(LONGEST_WRITE)))
            .query(Boolean.class)
            .single();
    if (written) {
      return false;
    }
    for (String table : List.of("observation_entry", "observation_link")) {
      beside(table, "place >= :first and place < :behind", numbers, week);
    }
    String notElsewhere =
        """
        key >= :first and key < :behind and not exists (
          select from telemetry.observation_place as moved
          where moved.tenant = gone.tenant and moved.key = gone.key
            and not (moved.place >= :first and moved.place < :behind))
        """;
    beside("observation_match", notElsewhere, numbers, week);
    beside(
        "observation_version",
        notElsewhere
            + """
             and not exists (
              select from telemetry.observation_version as deletion
              where deletion.tenant = gone.tenant and deletion.key = gone.key
                and deletion.deleted and deletion.superseded_at is null)
            """,
        numbers,
        week);
    beside("observation_place", "place >= :first and place < :behind", numbers, week);
    for (String table : List.of("observation_block", "block_identifier", "packed_week")) {
      jdbc.sql("delete from telemetry." + table + " where week = :week")
          .param("week", week)
          .update();
    }
    jdbc.sql("select telemetry.empty_observation_partition(:week)")
        .param("week", week)
        .query(row -> {});
    return true;
  }

  private void beside(String table, String rows, Integer[] tenants, int week) {
    jdbc.sql(
            "delete from telemetry.%s as gone where gone.tenant = any(:tenants) and %s"
                .formatted(table, rows))
        .param("tenants", tenants, Types.ARRAY)
        .param("first", Week.place(week))
        .param("behind", Week.place(week + 1))
        .update();
  }
}
