package dev.vigil.telemetry.aggregate;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Counts hours and days of a time anew from the readings that are left, some signals at a time and
 * each time in a transaction of its own, in which the reader that keeps the aggregates waits.
 */
public final class AggregateRecount {

  private static final int AT_ONCE = 20;

  /** The time of a reading that is about a period may lie before that of its week. */
  private static final Duration LONGEST_PERIOD = Duration.ofDays(1);

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Aggregation aggregation;
  private final Recount recount;

  /** On the data source of the transactions. */
  public AggregateRecount(
      DataSource dataSource, TransactionOperations transactions, Aggregation aggregation) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = transactions;
    this.aggregation = aggregation;
    this.recount = new Recount(dataSource, aggregation);
  }

  /**
   * Counts what there is of a tenant. Hours without an aggregate get none: nothing was added.
   *
   * @param from the first moment that may have lost readings
   * @param before the first moment behind it
   */
  public void recount(TenantId tenant, Instant from, Instant before) {
    List<Signal> all = signals(tenant);
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      List<Signal> some = all.subList(i, Math.min(i + AT_ONCE, all.size()));
      Map<Signal, NavigableSet<Instant>> hours = new HashMap<>();
      for (Signal signal : some) {
        Instant first = from.minus(LONGEST_PERIOD).minus(aggregation.longest(signal.metric()));
        NavigableSet<Instant> kept = hours(signal, first, before);
        if (!kept.isEmpty()) {
          hours.put(signal, kept);
        }
      }
      if (!hours.isEmpty()) {
        transactions.executeWithoutResult(
            status -> {
              jdbc.sql("select pg_advisory_xact_lock(:key)")
                  .param("key", AggregateReader.LOCK)
                  .query(row -> {});
              recount.count(hours, hours, Long.MAX_VALUE);
            });
      }
    }
  }

  /** Jumps from one signal to the next in the index. */
  private List<Signal> signals(TenantId tenant) {
    return new ArrayList<>(
        jdbc.sql(
                """
                with recursive kept as (
                  (select patient_id, metric from telemetry.reading_hour
                  where tenant_id = :tenant order by patient_id, metric limit 1)
                  union all
                  select next.patient_id, next.metric from kept cross join lateral (
                    select patient_id, metric from telemetry.reading_hour
                    where tenant_id = :tenant
                      and (patient_id, metric) > (kept.patient_id, kept.metric)
                    order by patient_id, metric limit 1) as next)
                select patient_id, metric from kept
                """)
            .param("tenant", tenant.value())
            .query(
                (row, n) ->
                    new Signal(
                        tenant,
                        new PatientId(row.getString("patient_id")),
                        new Metric(row.getString("metric"))))
            .list());
  }

  private NavigableSet<Instant> hours(Signal signal, Instant from, Instant before) {
    return new TreeSet<>(
        jdbc
            .sql(
                """
                select distinct begins_at from telemetry.reading_hour
                where tenant_id = :tenant and patient_id = :patient and metric = :metric
                  and begins_at >= :from and begins_at < :before
                """)
            .param("tenant", signal.tenant().value())
            .param("patient", signal.patient().value())
            .param("metric", signal.metric().id())
            .param("from", Timestamptz.of(Step.HOUR.begin(from)))
            .param("before", Timestamptz.of(before))
            .query(OffsetDateTime.class)
            .list()
            .stream()
            .map(OffsetDateTime::toInstant)
            .toList());
  }
}
