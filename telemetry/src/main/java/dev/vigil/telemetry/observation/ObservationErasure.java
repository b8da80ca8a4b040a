package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.Types;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Removes Observations as if they never were. */
final class ObservationErasure {

  private static final String KEY = "telemetry.observation_key(place, home_week) ";

  private final JdbcClient jdbc;
  private final Places places;

  ObservationErasure(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.places = new Places(jdbc);
  }

  long erase(TenantId tenant, Collection<ObservationKey> keys) {
    if (keys.isEmpty()) {
      return 0;
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    Long[] places = placeOf.values().toArray(Long[]::new);
    Long[] values = ObservationReader.values(placeOf.keySet());
    for (String table : List.of("observation_entry", "observation_link")) {
      jdbc.sql(
              "delete from telemetry."
                  + table
                  + " where tenant_id = :tenant and place = any(:places)")
          .param("tenant", tenant.value())
          .param("places", places, Types.ARRAY)
          .update();
    }
    Set<Long> erased = new LinkedHashSet<>();
    erased.addAll(
        jdbc.sql(
                """
                delete from telemetry.observation
                where tenant_id = :tenant and place = any(:places) and %s
                returning telemetry.observation_key(place, home_week)
                """
                    .formatted(Places.within(placeOf.values())))
            .param("tenant", tenant.value())
            .param("places", places, Types.ARRAY)
            .query(Long.class)
            .list());
    erased.addAll(
        jdbc.sql(
                """
                delete from telemetry.observation_version
                where tenant_id = :tenant and key = any(:keys)
                returning key
                """)
            .param("tenant", tenant.value())
            .param("keys", values, Types.ARRAY)
            .query(Long.class)
            .list());
    for (String table : List.of("observation_match", "observation_place")) {
      jdbc.sql("delete from telemetry." + table + " where tenant_id = :tenant and key = any(:keys)")
          .param("tenant", tenant.value())
          .param("keys", values, Types.ARRAY)
          .update();
    }
    return erased.size();
  }

  long eraseVersions(TenantId tenant, ObservationKey key, Set<Long> versions) {
    return jdbc.sql(
            """
            delete from telemetry.observation_version
            where tenant_id = :tenant and key = :key and version = any(:versions)
              and superseded_at is not null
            """)
        .param("tenant", tenant.value())
        .param("key", key.value())
        .param("versions", versions.toArray(Long[]::new), Types.ARRAY)
        .update();
  }

  /**
   * Takes what no other transaction holds, and waits for none: so it never waits in a circle with
   * one that waits for the log.
   */
  Observations.Erased eraseSubject(TenantId tenant, long patientPid, int most) {
    List<ObservationKey> found =
        jdbc.sql(
                """
                (select telemetry.observation_key(place, home_week) as key
                from telemetry.observation
                where tenant_id = :tenant and patient = :patient limit :most)
                union
                (select telemetry.observation_key(place, home_week)
                from telemetry.observation_link join telemetry.observation using (tenant_id, place)
                where tenant_id = :tenant and target_pid = :patient and path = :path limit :most)
                union
                (select key from telemetry.observation_version
                where tenant_id = :tenant and patient = :patient limit :most)
                """)
            .param("tenant", tenant.value())
            .param("patient", patientPid)
            .param("path", NewRow.SUBJECT)
            .param("most", most)
            .query((row, n) -> new ObservationKey(row.getLong("key")))
            .list();
    List<ObservationKey> free = lock(tenant, found);
    return new Observations.Erased(erase(tenant, free), found.isEmpty());
  }

  /**
   * Those of the keys that are nobody else's now; they are locked to the end of the transaction.
   */
  List<ObservationKey> lock(TenantId tenant, Collection<ObservationKey> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    String rows =
        "from telemetry.observation where tenant_id = :tenant and place = any(:places) and "
            + Places.within(placeOf.values());
    Set<Long> busy = new HashSet<>(keysOf("select " + KEY + rows, tenant, placeOf));
    keysOf("select " + KEY + rows + " for update skip locked", tenant, placeOf)
        .forEach(busy::remove);
    return placeOf.keySet().stream().filter(key -> !busy.contains(key.value())).toList();
  }

  private List<Long> keysOf(String sql, TenantId tenant, Map<ObservationKey, Long> placeOf) {
    return jdbc.sql(sql)
        .param("tenant", tenant.value())
        .param("places", placeOf.values().toArray(Long[]::new), Types.ARRAY)
        .query(Long.class)
        .list();
  }
}
