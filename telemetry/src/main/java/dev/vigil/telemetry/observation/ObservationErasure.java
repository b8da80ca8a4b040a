package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.Types;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Removes Observations as if they never were. */
final class ObservationErasure {

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

  long eraseSubject(TenantId tenant, long patientPid) {
    List<ObservationKey> keys =
        jdbc.sql(
                """
                select telemetry.observation_key(place, home_week) as key
                from telemetry.observation where tenant_id = :tenant and patient = :patient
                union
                select key from telemetry.observation_version
                where tenant_id = :tenant and patient = :patient
                """)
            .param("tenant", tenant.value())
            .param("patient", patientPid)
            .query((row, n) -> new ObservationKey(row.getLong("key")))
            .list();
    return erase(tenant, keys);
  }
}
