package dev.vigil.telemetry.log;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.key.KeyUnavailableException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.ResourceHolderSynchronization;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The log in {@code telemetry.event}. An appender takes an advisory lock that PostgreSQL holds to
 * the end of the transaction; only then it looks at the last event, in a statement of its own,
 * since a snapshot taken while waiting would be stale. Needs isolation READ COMMITTED.
 */
public final class PostgresEventLog implements EventLog {

  /** Key of the advisory lock: "vigil" in ASCII and the shard. */
  private static final long LOCK = 0x766967696cL << 16;

  private static final int SHARD = 0;

  /**
   * A batch holds less than this much payload, or one event; in memory it is some fifty times more.
   */
  private static final int BATCH_BYTES = 500_000;

  /**
   * Two statements in one round trip. Each has a snapshot of its own, so the second one sees what
   * those have committed that the first one waited for.
   */
  private static final String LOCK_AND_LAST =
      """
      select pg_advisory_xact_lock(:key),
        current_setting('synchronous_commit') <> 'off' as waits_for_disk;
      select sequence, hash from telemetry.event
      where shard = :shard order by sequence desc limit 1
      """;

  private record Last(long sequence, byte[] hash) {}

  private record Locked(boolean waitsForDisk, Last last) {}

  private final DataSource dataSource;
  private final NamedParameterJdbcTemplate batches;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final LogSignal signal;
  private final EventSeal seal;
  private final RecentEvents recents = new RecentEvents();

  /**
   * On the data source of the transactions that append.
   *
   * @param keys on the same data source
   * @param signal fired after each commit that appended
   */
  public PostgresEventLog(DataSource dataSource, DataKeys keys, Clock clock, LogSignal signal) {
    this.dataSource = dataSource;
    this.batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.clock = clock;
    this.signal = signal;
    this.seal = new EventSeal(keys);
  }

  @Override
  public Prepared prepare(TenantId tenant, Source source, Event event) {
    return new Prepared(tenant, source, event, seal.pack(event));
  }

  @Override
  public List<Long> append(List<Prepared> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    Held held = held();
    Last last = held.last;
    EventSeal.Sealer sealer = seal.sealer(events);
    List<EventRow> rows = new ArrayList<>(events.size());
    List<byte[]> hashes = new ArrayList<>(events.size() + 1);
    hashes.add(last.hash());
    List<RecentEvents.Recent> kept = new ArrayList<>(events.size());
    for (Prepared event : events) {
      long sequence = last.sequence() + rows.size() + 1;
      EventRow row =
          new EventRow(
              event.tenant().value(),
              SHARD,
              sequence,
              event.packed().kind(),
              EventCodec.VERSION,
              clock.instant().truncatedTo(ChronoUnit.MICROS),
              event.source().door(),
              event.source().client(),
              sealer.seal(event, SHARD, sequence));
      byte[] hash = row.hashAfter(hashes.get(rows.size()));
      hashes.add(hash);
      rows.add(row);
      if (event.event() instanceof ResourcesWritten written && sealer.knowsAll(event)) {
        kept.add(RecentEvents.Recent.of(event, written, row, hash));
      }
    }
    boolean erases = events.stream().anyMatch(event -> event.event() instanceof PersonErased);
    insert(rows, hashes);
    held.last = new Last(last.sequence() + rows.size(), hashes.get(rows.size()));
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            if (erases) {
              recents.forget(rows.get(rows.size() - 1).sequence());
            }
            recents.add(kept);
            signal.fire();
          }
        });
    return rows.stream().map(EventRow::sequence).toList();
  }

  @Override
  public long lock() {
    return held().last.sequence() + 1;
  }

  /** The lock, once a transaction has it: until it ends nobody else appends. */
  private static final class Held extends ResourceHolderSupport {

    private Last last;

    private Held(Last last) {
      this.last = last;
    }
  }

  private Held held() {
    if (TransactionSynchronizationManager.getResource(this) instanceof Held known) {
      return known;
    }
    Held held = new Held(lockedLast());
    TransactionSynchronizationManager.bindResource(this, held);
    TransactionSynchronizationManager.registerSynchronization(
        new ResourceHolderSynchronization<Held, Object>(held, this) {});
    return held;
  }

  private Last lockedLast() {
    if (!TransactionSynchronizationManager.isActualTransactionActive()
        || !TransactionSynchronizationManager.hasResource(dataSource)) {
      throw new IllegalStateException("the log needs a transaction on its data source");
    }
    Locked locked =
        batches.execute(
            LOCK_AND_LAST,
            Map.of("key", LOCK + SHARD, "shard", SHARD),
            PostgresEventLog::lockedLast);
    if (!locked.waitsForDisk()) {
      jdbc.sql("set local synchronous_commit to default").update();
    }
    return locked.last();
  }

  private static Locked lockedLast(PreparedStatement statement) throws SQLException {
    statement.execute();
    boolean waitsForDisk;
    try (ResultSet lock = statement.getResultSet()) {
      lock.next();
      waitsForDisk = lock.getBoolean("waits_for_disk");
    }
    statement.getMoreResults();
    try (ResultSet last = statement.getResultSet()) {
      return new Locked(
          waitsForDisk,
          last.next()
              ? new Last(last.getLong("sequence"), last.getBytes("hash"))
              : new Last(0, EventRow.GENESIS));
    }
  }

  /**
   * Inserts.
   *
   * @param hashes the one before the first row, then each row's
   */
  private void insert(List<EventRow> rows, List<byte[]> hashes) {
    MapSqlParameterSource[] parameters = new MapSqlParameterSource[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      EventRow row = rows.get(i);
      parameters[i] =
          new MapSqlParameterSource("tenant", row.tenant())
              .addValue("shard", row.shard())
              .addValue("sequence", row.sequence())
              .addValue("kind", row.kind())
              .addValue("version", row.version())
              .addValue("recordedAt", Timestamptz.of(row.recordedAt()))
              .addValue("door", row.door())
              .addValue("client", row.client())
              .addValue("payload", row.payload())
              .addValue("previous", hashes.get(i))
              .addValue("hash", hashes.get(i + 1));
    }
    batches.batchUpdate(
        """
        insert into telemetry.event (tenant_id, shard, sequence, kind, version, recorded_at,
          door, client, payload, previous_hash, hash)
        values (:tenant, :shard, :sequence, :kind, :version, :recordedAt,
          :door, :client, :payload, :previous, :hash)
        """,
        parameters);
  }

  @Override
  public List<LoggedEvent> read(long after, int max) {
    List<EventRow> rows =
        jdbc.sql(
                """
                select tenant_id, shard, sequence, kind, version, recorded_at, door, client, payload
                from (
                  select *, sum(octet_length(payload)) over (order by sequence) as total
                  from telemetry.event
                  where shard = :shard and sequence > :after
                  order by sequence
                  limit :max) as batch
                where total < :bytes or sequence = :after + 1
                order by sequence
                """)
            .param("shard", SHARD)
            .param("after", after)
            .param("max", max)
            .param("bytes", BATCH_BYTES)
            .query((row, n) -> EventRow.of(row))
            .list();
    EventSeal.Opener opener = seal.opener(rows);
    List<LoggedEvent> events = new ArrayList<>(rows.size());
    for (EventRow row : rows) {
      try {
        events.add(logged(row, opener));
      } catch (UnreadableEventException e) {
        if (events.isEmpty()) {
          throw e;
        }
        break;
      }
    }
    return events;
  }

  @Override
  public List<LoggedEvent> follow(long after, int max) {
    List<RecentEvents.Recent> recent = recents.after(after, max, clock.instant());
    if (!recent.isEmpty()) {
      if (isInLog(recent.get(recent.size() - 1))) {
        return recent.stream().map(RecentEvents.Recent::event).toList();
      }
      recents.clear();
    }
    int most = (int) Math.min(max, Math.max(1, recents.missing(after)));
    return read(after, most).stream().map(PostgresEventLog::withoutContents).toList();
  }

  /** Not after the database was put back to an earlier state. */
  private boolean isInLog(RecentEvents.Recent one) {
    return jdbc.sql(
            """
            select exists (
              select from telemetry.event
              where shard = :shard and sequence = :sequence and hash = :hash)
            """)
        .param("shard", SHARD)
        .param("sequence", one.event().sequence())
        .param("hash", one.hash())
        .query(Boolean.class)
        .single();
  }

  private static LoggedEvent withoutContents(LoggedEvent logged) {
    return logged.event() instanceof ResourcesWritten written
        ? new LoggedEvent(
            logged.tenant(),
            logged.sequence(),
            logged.recordedAt(),
            logged.source(),
            WrittenParts.withoutContents(written))
        : logged;
  }

  private static LoggedEvent logged(EventRow row, EventSeal.Opener opener) {
    try {
      return new LoggedEvent(
          new TenantId(row.tenant()),
          row.sequence(),
          row.recordedAt(),
          new Source(row.door(), row.client()),
          opener.open(row));
    } catch (KeyUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UnreadableEventException(row.sequence(), row.kind(), e);
    }
  }

  @Override
  public long without(long after, Set<Class<? extends Event>> wanted) {
    return jdbc.sql(
            """
            select coalesce(
              (select sequence - 1 from telemetry.event
                where shard = :shard and sequence > :after and kind = any(:kinds)
                order by sequence limit 1),
              (select max(sequence) from telemetry.event where shard = :shard),
              :after)
            """)
        .param("shard", SHARD)
        .param("after", after)
        .param("kinds", wanted.stream().map(EventCodec::kind).toArray(String[]::new), Types.ARRAY)
        .query(Long.class)
        .single();
  }

  @Override
  public long head() {
    return jdbc.sql("select coalesce(max(sequence), 0) from telemetry.event where shard = :shard")
        .param("shard", SHARD)
        .query(Long.class)
        .single();
  }
}
