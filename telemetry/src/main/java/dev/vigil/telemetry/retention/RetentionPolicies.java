package dev.vigil.telemetry.retention;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.RetentionPolicySet;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.Expiry;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * How long Observations are kept, by tenant and category. Without a policy they are kept for ever.
 * An Observation of several categories that have one is kept for the longest of them.
 */
public final class RetentionPolicies {

  private static final int LONGEST_DAYS = 365 * 200;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final EventLog log;
  private final Clock clock;

  /** On the data source of the transactions and the log. */
  public RetentionPolicies(
      DataSource dataSource, TransactionOperations transactions, EventLog log, Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = transactions;
    this.log = log;
    this.clock = clock;
  }

  /** Days by category, {@link Expiry#OTHERS} for those that no other one names. */
  public SortedMap<String, Integer> of(TenantId tenant) {
    SortedMap<String, Integer> policies = new TreeMap<>();
    jdbc.sql(
            """
            select category, keep_days from telemetry.retention_policy where tenant_id = :tenant
            """)
        .param("tenant", tenant.value())
        .query(
            row -> {
              policies.put(row.getString("category"), row.getInt("keep_days"));
            });
    return policies;
  }

  /** Those that have a policy. */
  public List<TenantId> tenants() {
    return jdbc.sql("select distinct tenant_id from telemetry.retention_policy order by tenant_id")
        .query((row, n) -> new TenantId(row.getString("tenant_id")))
        .list();
  }

  /**
   * Sets or takes away a policy; an event tells so.
   *
   * @param category {@code system|code}, or {@link Expiry#OTHERS}
   * @param keepDays empty to take it away
   * @throws ProblemException INVALID if it says what cannot be; NOT_FOUND if there is none to take
   *     away
   */
  public void set(TenantId tenant, String category, OptionalInt keepDays, Source source) {
    if (!category.equals(Expiry.OTHERS) && !category.matches("[^|\\s]+\\|[^|\\s]+")) {
      throw new ProblemException(
          Problem.invalid("category", "is neither system|code nor " + Expiry.OTHERS));
    }
    if (keepDays.isPresent() && (keepDays.getAsInt() < 1 || keepDays.getAsInt() > LONGEST_DAYS)) {
      throw new ProblemException(
          Problem.invalid("keep-days", "is not between 1 and " + LONGEST_DAYS));
    }
    transactions.executeWithoutResult(
        status -> {
          log.lock();
          int changed =
              keepDays.isPresent()
                  ? put(tenant, category, keepDays.getAsInt())
                  : remove(tenant, category);
          if (changed == 0) {
            throw new ProblemException(
                Problem.notFound("category", "the tenant has no policy for it"));
          }
          log.append(
              tenant,
              source,
              new RetentionPolicySet(
                  category, keepDays, clock.instant().truncatedTo(ChronoUnit.MICROS)));
        });
  }

  private int put(TenantId tenant, String category, int days) {
    return jdbc.sql(
            """
            insert into telemetry.retention_policy (tenant_id, category, keep_days)
            values (:tenant, :category, :days)
            on conflict on constraint retention_policy_pk do update
            set keep_days = excluded.keep_days
            """)
        .param("tenant", tenant.value())
        .param("category", category)
        .param("days", days)
        .update();
  }

  private int remove(TenantId tenant, String category) {
    return jdbc.sql(
            """
            delete from telemetry.retention_policy
            where tenant_id = :tenant and category = :category
            """)
        .param("tenant", tenant.value())
        .param("category", category)
        .update();
  }
}
