package dev.vigil.server.bulk;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.telemetry.key.DataKey;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.log.EventLog;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table of jobs. Whoever runs a job holds a lease on it; once that has run out, another may go
 * on, and what the first one still writes is refused.
 */
@Component
public class BulkJobs {

  /** How long a job stays its holder's without a word from it. */
  static final Duration LEASE = Duration.ofSeconds(20);

  private static final int MOST_ATTEMPTS = 5;

  private static final String COLUMNS =
      """
      tenant_id, job_id, kind, client, state, key_id, asked, progress, position, problem,
      created_at, as_of, expires_at
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final DataKeys keys;
  private final EventLog log;
  private final BulkProperties properties;
  private final Clock clock;

  BulkJobs(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      DataKeys keys,
      EventLog log,
      BulkProperties properties,
      Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = new TransactionTemplate(transactions);
    this.keys = keys;
    this.log = log;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Adds a job.
   *
   * @throws ProblemException THROTTLED if the client has too many that have not ended
   */
  UUID add(TenantId tenant, BulkJob.Kind kind, String client, String asked) {
    long open =
        jdbc.sql(
                """
                select count(*) from telemetry.bulk_job
                where tenant_id = :tenant and client = :client and expires_at is null
                """)
            .param("tenant", tenant.value())
            .param("client", client)
            .query(Long.class)
            .single();
    if (open >= properties.jobsOfClient()) {
      throw new ProblemException(
          new Problem(Problem.Kind.THROTTLED, "", "the client has too many jobs that run"));
    }
    UUID id = UUID.randomUUID();
    transactions.executeWithoutResult(
        status -> {
          // The tenant's first key may have to be made.
          log.lock();
          insert(tenant, id, kind, client, asked, keys.tenantKey(tenant));
        });
    return id;
  }

  private void insert(
      TenantId tenant, UUID id, BulkJob.Kind kind, String client, String asked, DataKey key) {
    byte[] sealed = key.seal(asked.getBytes(StandardCharsets.UTF_8), context(tenant, id));
    jdbc.sql(
            """
            insert into telemetry.bulk_job (tenant_id, job_id, kind, client, state, key_id, asked,
              created_at)
            values (:tenant, :id, :kind, :client, 'waiting', :key, :asked, :now)
            """)
        .param("tenant", tenant.value())
        .param("id", id)
        .param("kind", kind.word())
        .param("client", client)
        .param("key", key.id())
        .param("asked", sealed)
        .param("now", Timestamptz.of(clock.instant()))
        .update();
  }

  /** The job of a client; empty for somebody else's. */
  Optional<BulkJob> find(TenantId tenant, String client, UUID id) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from telemetry.bulk_job
                where tenant_id = :tenant and job_id = :id and client = :client
                """)
        .param("tenant", tenant.value())
        .param("id", id)
        .param("client", client)
        .query((row, n) -> job(row))
        .optional();
  }

  /** Its finished files, in order. */
  List<BulkFile> files(BulkJob job) {
    return jdbc.sql(
            """
            select number, purpose, resource_type, lines, position from telemetry.bulk_file
            where tenant_id = :tenant and job_id = :id order by number
            """)
        .param("tenant", job.tenant().value())
        .param("id", job.id())
        .query(
            (row, n) ->
                new BulkFile(
                    row.getInt("number"),
                    BulkFile.Purpose.of(row.getString("purpose")),
                    row.getString("resource_type"),
                    row.getLong("lines"),
                    row.getString("position")))
        .list();
  }

  /** The key that the job's files are sealed with. */
  DataKey key(BulkJob job) {
    return key(job.tenant(), job.keyId());
  }

  private DataKey key(TenantId tenant, UUID id) {
    return keys.byId(tenant, Set.of(id))
        .getOrDefault(id, Optional.empty())
        .orElseThrow(() -> new IllegalStateException("there is no key " + id));
  }

  /**
   * The oldest job of any tenant that nobody works on, from now on the holder's. One that was begun
   * too often is given up instead.
   */
  Optional<BulkJob> claim(UUID holder) {
    giveUp();
    return jdbc.sql(
            """
            update telemetry.bulk_job set state = 'running', lease_holder = :holder,
              lease_until = :until, attempts = attempts + 1
            where (tenant_id, job_id) = (
              select tenant_id, job_id from telemetry.bulk_job
              where state = 'waiting' or state = 'running' and lease_until < :now
              order by created_at limit 1 for update skip locked)
            returning
            """
                + COLUMNS)
        .param("holder", holder)
        .param("until", Timestamptz.of(clock.instant().plus(LEASE)))
        .param("now", Timestamptz.of(clock.instant()))
        .query((row, n) -> job(row))
        .optional();
  }

  private void giveUp() {
    jdbc.sql(
            """
            update telemetry.bulk_job set state = 'failed', lease_holder = null, lease_until = null,
              problem = 'the server was interrupted too often', ended_at = :now,
              expires_at = :expires
            where state = 'running' and lease_until < :now and attempts >= :most
            """)
        .param("now", Timestamptz.of(clock.instant()))
        .param("expires", Timestamptz.of(clock.instant().plus(properties.kept())))
        .param("most", MOST_ATTEMPTS)
        .update();
  }

  /**
   * Keeps the job for another while.
   *
   * @return false if it is the holder's no longer: somebody cancelled it or took it over
   */
  boolean renew(BulkJob job, UUID holder, String progress) {
    return held(
                job,
                holder,
                """
                update telemetry.bulk_job set lease_until = :until, progress = :progress
                """)
            .param("until", Timestamptz.of(clock.instant().plus(LEASE)))
            .param("progress", progress)
            .update()
        == 1;
  }

  /** Sets the moment the answer is true for, once. */
  boolean begin(BulkJob job, UUID holder, Instant asOf) {
    return held(
                job,
                holder,
                """
                update telemetry.bulk_job set as_of = :as_of
                """)
            .param("as_of", Timestamptz.of(asOf))
            .update()
        == 1;
  }

  /** Notes how far the work got; false as in {@link #renew}. */
  boolean mark(BulkJob job, UUID holder, String position) {
    return held(
                job,
                holder,
                """
                update telemetry.bulk_job set position = :position
                """)
            .param("position", position)
            .update()
        == 1;
  }

  /** Notes a finished file; false as in {@link #renew}. */
  boolean add(BulkJob job, UUID holder, BulkFile file) {
    return held(
                job,
                holder,
                """
                insert into telemetry.bulk_file (tenant_id, job_id, number, purpose, resource_type,
                  lines, position)
                select tenant_id, job_id, :number, :purpose, :type, :lines, :position
                from telemetry.bulk_job
                """)
            .param("number", file.number())
            .param("purpose", file.purpose().word())
            .param("type", file.type())
            .param("lines", file.lines())
            .param("position", file.position())
            .update()
        == 1;
  }

  /** Ends a job: failed if there is a problem. */
  void end(BulkJob job, UUID holder, String problem) {
    held(
            job,
            holder,
            """
            update telemetry.bulk_job set state = :state, problem = :problem, lease_holder = null,
              lease_until = null, ended_at = :now, expires_at = :expires
            """)
        .param("state", (problem.isEmpty() ? BulkJob.State.DONE : BulkJob.State.FAILED).word())
        .param("problem", problem)
        .param("now", Timestamptz.of(clock.instant()))
        .param("expires", Timestamptz.of(clock.instant().plus(properties.kept())))
        .update();
  }

  /** Gives a job back unfinished, to go on after the next start. */
  void release(BulkJob job, UUID holder) {
    held(
            job,
            holder,
            """
            update telemetry.bulk_job set state = 'waiting', lease_holder = null,
              lease_until = null, attempts = attempts - 1
            """)
        .update();
  }

  /** A statement about a job that finds it only while it is the holder's. */
  private JdbcClient.StatementSpec held(BulkJob job, UUID holder, String statement) {
    return jdbc.sql(
            statement + "where tenant_id = :tenant and job_id = :id and lease_holder = :holder")
        .param("tenant", job.tenant().value())
        .param("id", job.id())
        .param("holder", holder);
  }

  /** Takes a job out of the table, with the notes of its files. */
  void remove(TenantId tenant, UUID id) {
    jdbc.sql("delete from telemetry.bulk_job where tenant_id = :tenant and job_id = :id")
        .param("tenant", tenant.value())
        .param("id", id)
        .update();
  }

  /** Takes all exports of a tenant out, running ones too. */
  void removeExports(TenantId tenant) {
    jdbc.sql("delete from telemetry.bulk_job where tenant_id = :tenant and kind = 'export'")
        .param("tenant", tenant.value())
        .update();
  }

  /** Takes those of all tenants out whose time is over. */
  int removeExpired() {
    return jdbc.sql("delete from telemetry.bulk_job where expires_at < :now")
        .param("now", Timestamptz.of(clock.instant()))
        .update();
  }

  /** Every job of every tenant. */
  Set<UUID> ids() {
    return Set.copyOf(jdbc.sql("select job_id from telemetry.bulk_job").query(UUID.class).list());
  }

  private BulkJob job(ResultSet row) throws SQLException {
    TenantId tenant = new TenantId(row.getString("tenant_id"));
    UUID id = row.getObject("job_id", UUID.class);
    UUID key = row.getObject("key_id", UUID.class);
    byte[] asked = key(tenant, key).open(row.getBytes("asked"), context(tenant, id));
    return new BulkJob(
        tenant,
        id,
        BulkJob.Kind.of(row.getString("kind")),
        row.getString("client"),
        BulkJob.State.of(row.getString("state")),
        key,
        new String(asked, StandardCharsets.UTF_8),
        row.getString("progress"),
        row.getString("position"),
        row.getString("problem"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        moment(row, "as_of"),
        moment(row, "expires_at"));
  }

  private static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private static byte[] context(TenantId tenant, UUID id) {
    return ("bulk job " + tenant + " " + id).getBytes(StandardCharsets.UTF_8);
  }
}
