package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** References of living Observations, from columns and rows, in both directions. */
final class ObservationLinks {

  private static final String SELECT =
      """
      select telemetry.observation_key(place, home_week) as key, '%1$s' as path,
        '%2$s' as target_type, %3$s as target_pid, null as target_id, null::bigint as target_version,
        null as url
      from telemetry.observation
      where tenant_id = :tenant and %3$s is not null and %4$s
      """;

  private final JdbcClient jdbc;
  private final Places places;

  ObservationLinks(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.places = new Places(jdbc);
  }

  List<Observations.FoundLink> to(
      TenantId tenant, Collection<Long> targetPids, Set<String> paths, int limit) {
    if (targetPids.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            select * from (
              %s
              union all
              %s
              union all
              select telemetry.observation_key(place, home_week), path, target_type, target_pid,
                target_id, target_version, url
              from telemetry.observation_link
              join telemetry.observation using (tenant_id, place)
              where tenant_id = :tenant and target_pid = any(:pids)) as link
            where cardinality(:paths) = 0 or path = any(:paths)
            order by key, path
            limit :limit
            """
                .formatted(
                    SELECT.formatted(NewRow.SUBJECT, "Patient", "patient", "patient = any(:pids)"),
                    SELECT.formatted(NewRow.DEVICE, "Device", "device", "device = any(:pids)")))
        .param("tenant", tenant.value())
        .param("pids", targetPids.toArray(Long[]::new), Types.ARRAY)
        .param("paths", paths.toArray(String[]::new), Types.ARRAY)
        .param("limit", limit)
        .query((row, n) -> found(row))
        .list();
  }

  List<Observations.FoundLink> from(
      TenantId tenant, Collection<ObservationKey> keys, Set<String> paths) {
    if (keys.isEmpty()) {
      return List.of();
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    String within = "place = any(:places) and " + Places.within(placeOf.values());
    return jdbc.sql(
            """
            select * from (
              %s
              union all
              %s
              union all
              select telemetry.observation_key(place, home_week), path, target_type, target_pid,
                target_id, target_version, url
              from telemetry.observation_link
              join telemetry.observation using (tenant_id, place)
              where tenant_id = :tenant and %s) as link
            where cardinality(:paths) = 0 or path = any(:paths)
            """
                .formatted(
                    SELECT.formatted(NewRow.SUBJECT, "Patient", "patient", within),
                    SELECT.formatted(NewRow.DEVICE, "Device", "device", within),
                    within))
        .param("tenant", tenant.value())
        .param("places", placeOf.values().toArray(Long[]::new), Types.ARRAY)
        .param("paths", paths.toArray(String[]::new), Types.ARRAY)
        .query((row, n) -> found(row))
        .list();
  }

  private static Observations.FoundLink found(ResultSet row) throws SQLException {
    return new Observations.FoundLink(
        new ObservationKey(row.getLong("key")),
        new ObservationLink(
            row.getString("path"),
            row.getString("target_type"),
            row.getObject("target_pid", Long.class),
            row.getString("target_id"),
            row.getObject("target_version", Long.class),
            row.getString("url")));
  }
}
