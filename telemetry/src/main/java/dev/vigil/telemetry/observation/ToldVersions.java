package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.LoggedEvent;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a walk along the log found of later versions and of ends, in temporary tables of the
 * caller's transaction: most Observations have one version and need no row there.
 */
final class ToldVersions {

  /**
   * A version behind the first, or a first one without content.
   *
   * @param key null where the event does not tell it
   * @param at null where the event does not tell it
   */
  record Later(
      String id, ObservationKey key, long number, long sequence, boolean content, Instant at) {}

  private record WeekOf(TenantId tenant, int week) {}

  private final NamedParameterJdbcTemplate batches;
  private final JdbcClient jdbc;
  private final Map<WeekOf, Long> emptied = new HashMap<>();

  ToldVersions(NamedParameterJdbcTemplate batches) {
    this.batches = batches;
    this.jdbc = JdbcClient.create(batches);
  }

  /** Makes the tables. */
  void begin() {
    jdbc.sql(
            """
            create temporary table told_later (tenant_id text not null, id text not null, key bigint,
              version bigint not null, sequence bigint not null, content boolean not null,
              written_at timestamptz) on commit drop
            """)
        .update();
    jdbc.sql("create index told_later_id_ix on told_later (tenant_id, id)").update();
    jdbc.sql(
            """
            create temporary table told_expired (tenant_id text not null, key bigint not null,
              sequence bigint not null) on commit drop
            """)
        .update();
    jdbc.sql("create index told_expired_key_ix on told_expired (tenant_id, key)").update();
  }

  /** Notes what events tell, in their order. */
  void note(List<LoggedEvent> events) {
    List<MapSqlParameterSource> later = new ArrayList<>();
    List<MapSqlParameterSource> expired = new ArrayList<>();
    for (LoggedEvent logged : events) {
      if (logged.event() instanceof ResourcesWritten written) {
        written.changes().stream()
            .filter(change -> change.type().equals("Observation") && !first(change))
            .forEach(change -> later.add(row(logged, change)));
      } else if (logged.event() instanceof ObservationsExpired gone) {
        if (gone.keys().isEmpty()) {
          emptied.put(new WeekOf(logged.tenant(), Week.of(gone.week())), logged.sequence());
        }
        for (String key : gone.keys()) {
          expired.add(
              new MapSqlParameterSource("tenant", logged.tenant().value())
                  .addValue("key", ObservationKey.ofId(key).orElseThrow().value())
                  .addValue("sequence", logged.sequence()));
        }
      }
    }
    if (!later.isEmpty()) {
      batches.batchUpdate(
          """
          insert into told_later (tenant_id, id, key, version, sequence, content, written_at)
          values (:tenant, :id, :key, :version, :sequence, :content, :at::timestamptz)
          """,
          later.toArray(MapSqlParameterSource[]::new));
    }
    if (!expired.isEmpty()) {
      batches.batchUpdate(
          """
          insert into told_expired (tenant_id, key, sequence) values (:tenant, :key, :sequence)
          """,
          expired.toArray(MapSqlParameterSource[]::new));
    }
  }

  /** Whether it is where the story of an Observation begins and can be told from. */
  static boolean first(ResourceChange change) {
    return change.version() == 1
        && change.action() != Action.DELETED
        && change.content().isPresent();
  }

  /** The key that the event tells, or the id; null if neither does. */
  static ObservationKey key(ResourceChange change) {
    return change
        .stored()
        .flatMap(Stored::key)
        .or(() -> Optional.of(change.id()))
        .flatMap(ObservationKey::ofId)
        .orElse(null);
  }

  private static MapSqlParameterSource row(LoggedEvent logged, ResourceChange change) {
    ObservationKey key = key(change);
    return new MapSqlParameterSource("tenant", logged.tenant().value())
        .addValue("id", change.id())
        .addValue("key", key == null ? null : key.value(), Types.BIGINT)
        .addValue("version", change.version())
        .addValue("sequence", logged.sequence())
        .addValue("content", change.action() == Action.DELETED || change.content().isPresent())
        .addValue(
            "at", change.stored().map(Stored::at).map(TimeColumn::of).orElse(null), Types.VARCHAR);
  }

  /** By id, in the order of the log. */
  Map<String, List<Later>> later(TenantId tenant, Collection<String> ids) {
    Map<String, List<Later>> later = new HashMap<>();
    jdbc.sql(
            """
            select id, key, version, sequence, content, written_at from told_later
            where tenant_id = :tenant and id = any(:ids)
            order by sequence, version
            """)
        .param("tenant", tenant.value())
        .param("ids", ids.toArray(String[]::new), Types.ARRAY)
        .query(
            row -> {
              Long key = row.getObject("key", Long.class);
              later
                  .computeIfAbsent(row.getString("id"), unseen -> new ArrayList<>())
                  .add(
                      new Later(
                          row.getString("id"),
                          key == null ? null : new ObservationKey(key),
                          row.getLong("version"),
                          row.getLong("sequence"),
                          row.getBoolean("content"),
                          TimeColumn.read(row.getObject("written_at", OffsetDateTime.class))));
            });
    return later;
  }

  /** Which of them a retention policy has removed, and the last event that tells of it. */
  Map<ObservationKey, Long> expired(TenantId tenant, Collection<ObservationKey> keys) {
    Map<ObservationKey, Long> expired = new HashMap<>();
    jdbc.sql(
            """
            select key, max(sequence) as sequence from told_expired
            where tenant_id = :tenant and key = any(:keys) group by key
            """)
        .param("tenant", tenant.value())
        .param("keys", ObservationReader.values(keys), Types.ARRAY)
        .query(
            row -> {
              expired.put(new ObservationKey(row.getLong("key")), row.getLong("sequence"));
            });
    return expired;
  }

  /** The last event that tells that a week was emptied; 0 for none. */
  long emptied(TenantId tenant, int week) {
    return emptied.getOrDefault(new WeekOf(tenant, week), 0L);
  }
}
