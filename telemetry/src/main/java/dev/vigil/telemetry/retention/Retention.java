package dev.vigil.telemetry.retention;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.telemetry.aggregate.AggregateRecount;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.ExpiredObservations;
import dev.vigil.telemetry.observation.ExpiredWeek;
import dev.vigil.telemetry.observation.Expiry;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.reading.Readings;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes what has been kept long enough, week by week and some at a time, so that others can write
 * meanwhile; a whole week at once where everything in it is due. Each deletion is told by an event
 * in its own transaction, and aggregates and newest values follow at the end of each week. The log
 * keeps what it was told, sealed under the persons' keys.
 */
public final class Retention {

  private static final Logger logger = LoggerFactory.getLogger(Retention.class);

  private static final Source SOURCE = new Source("retention", "vigil");
  private static final int AT_ONCE = 500;
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /** Key of the advisory lock of the process that deletes: "vigil" in ASCII and a number. */
  private static final long LOCK = (0x766967696cL << 16) + 0x200;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final EventLog log;
  private final RetentionPolicies policies;
  private final LegalHolds holds;
  private final ExpiredObservations observations;
  private final ExpiredWeek wholeWeek;
  private final Readings readings;
  private final AggregateRecount aggregates;
  private final Clock clock;

  /** On the data source of the transactions and the log. */
  public Retention(
      DataSource dataSource,
      TransactionOperations transactions,
      EventLog log,
      RetentionPolicies policies,
      LegalHolds holds,
      Readings readings,
      AggregateRecount aggregates,
      Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = transactions;
    this.log = log;
    this.policies = policies;
    this.holds = holds;
    this.observations = new ExpiredObservations(dataSource);
    this.wholeWeek = new ExpiredWeek(dataSource);
    this.readings = readings;
    this.aggregates = aggregates;
    this.clock = clock;
  }

  /** How many Observations of a tenant would be deleted now, by the first moment of their week. */
  public SortedMap<Instant, Long> preview(TenantId tenant) {
    Expiry expiry = expiry(tenant);
    SortedMap<Instant, Long> counts = new TreeMap<>();
    for (Instant week : observations.weeks(expiry)) {
      long count = observations.count(tenant, expiry, week);
      if (count > 0) {
        counts.put(week, count);
      }
    }
    return counts;
  }

  /**
   * Deletes what is due. Does nothing while another process does so.
   *
   * @param stopping whether to leave the rest to the next turn
   * @return how many Observations were deleted
   */
  public long run(BooleanSupplier stopping) {
    Map<TenantId, Expiry> expiries = new HashMap<>();
    policies.tenants().forEach(tenant -> expiries.put(tenant, expiry(tenant)));
    SortedSet<Instant> weeks = new TreeSet<>();
    expiries.values().forEach(expiry -> weeks.addAll(observations.weeks(expiry)));
    long count = 0;
    for (Instant week : weeks) {
      if (stopping.getAsBoolean()) {
        return count;
      }
      count += wholeWeek(week, expiries);
      for (TenantId tenant : expiries.keySet()) {
        count += inSteps(tenant, week, stopping);
      }
      follow();
    }
    follow();
    if (count > 0) {
      logger.info("observations deleted by retention count={}", count);
    }
    return count;
  }

  private Expiry expiry(TenantId tenant) {
    return new Expiry(clock.instant(), policies.of(tenant), holds.held(tenant));
  }

  private long inSteps(TenantId tenant, Instant week, BooleanSupplier stopping) {
    long count = 0;
    long from = 0;
    boolean done = false;
    while (!done && !stopping.getAsBoolean()) {
      long begin = from;
      Optional<ExpiredObservations.Removed> step =
          Optional.ofNullable(transactions.execute(status -> step(tenant, week, begin)));
      if (step.isEmpty()) {
        return count; // Another process is at it.
      }
      count += step.get().keys().size();
      from = step.get().next();
      done = step.get().done();
    }
    return count;
  }

  /** Under the lock of the log nobody changes a policy or places a hold. */
  private ExpiredObservations.Removed step(TenantId tenant, Instant week, long from) {
    if (!mine()) {
      return null;
    }
    log.lock();
    ExpiredObservations.Removed removed =
        observations.remove(tenant, expiry(tenant), week, from, AT_ONCE);
    List<String> keys = removed.keys().stream().map(ObservationKey::id).sorted().toList();
    if (!keys.isEmpty()) {
      tell(tenant, week, keys, keys.size());
    }
    return removed;
  }

  private long wholeWeek(Instant week, Map<TenantId, Expiry> expiries) {
    Instant seenAt = clock.instant();
    Map<TenantId, Long> counts = wholeWeek.allDue(expiries, week).orElse(Map.of());
    if (counts.isEmpty()) {
      return 0;
    }
    try {
      Boolean emptied =
          transactions.execute(
              status -> {
                if (!mine() || !empty(week, seenAt, expiries, counts)) {
                  status.setRollbackOnly();
                  return false;
                }
                return true;
              });
      return Boolean.TRUE.equals(emptied)
          ? counts.values().stream().mapToLong(Long::longValue).sum()
          : 0;
    } catch (DataAccessException e) {
      if (!(NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException cause)
          || !LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
        throw e;
      }
      logger.info("a week is in use and goes in steps");
      return 0;
    }
  }

  private boolean empty(
      Instant week, Instant seenAt, Map<TenantId, Expiry> expiries, Map<TenantId, Long> counts) {
    // Sooner than PostgreSQL looks for a deadlock: it is never a writer who fails.
    jdbc.sql("set local lock_timeout = '300ms'").update();
    wholeWeek.lock(week);
    log.lock();
    for (TenantId tenant : counts.keySet()) {
      Expiry now = expiry(tenant);
      Expiry then = expiries.get(tenant);
      if (!now.keepDays().equals(then.keepDays()) || !now.held().equals(then.held())) {
        return false;
      }
    }
    if (!wholeWeek.empty(week, seenAt, counts)) {
      return false;
    }
    counts.forEach((tenant, count) -> tell(tenant, week, List.of(), count));
    return true;
  }

  private boolean mine() {
    return jdbc.sql("select pg_try_advisory_xact_lock(:key)")
        .param("key", LOCK)
        .query(Boolean.class)
        .single();
  }

  private void tell(TenantId tenant, Instant week, List<String> keys, long count) {
    jdbc.sql(
            """
            insert into telemetry.retention_week (tenant_id, week_at)
            values (:tenant, :week::timestamptz)
            on conflict on constraint retention_week_pk do update
            set steps = retention_week.steps + 1
            """)
        .param("tenant", tenant.value())
        .param("week", week.toString())
        .update();
    log.append(
        tenant,
        SOURCE,
        new ObservationsExpired(week, keys, count, clock.instant().truncatedTo(ChronoUnit.MICROS)));
  }

  /** Also what a crash left. A step that comes meanwhile is seen by its number. */
  private void follow() {
    record Open(TenantId tenant, Instant week, long steps) {}
    List<Open> open =
        jdbc.sql("select tenant_id, week_at, steps from telemetry.retention_week order by week_at")
            .query(
                (row, n) ->
                    new Open(
                        new TenantId(row.getString("tenant_id")),
                        row.getObject("week_at", OffsetDateTime.class).toInstant(),
                        row.getLong("steps")))
            .list();
    for (Open one : open) {
      Instant before = one.week().plus(7, ChronoUnit.DAYS);
      transactions.executeWithoutResult(
          status -> readings.expired(one.tenant(), one.week(), before));
      aggregates.recount(one.tenant(), one.week(), before);
      jdbc.sql(
              """
              delete from telemetry.retention_week
              where tenant_id = :tenant and week_at = :week::timestamptz and steps = :steps
              """)
          .param("tenant", one.tenant().value())
          .param("week", one.week().toString())
          .param("steps", one.steps())
          .update();
    }
  }
}
