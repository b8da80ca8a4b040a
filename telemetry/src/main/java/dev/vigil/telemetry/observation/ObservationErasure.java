package dev.vigil.telemetry.observation;

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

  private final JdbcClient jdbc;
  private final Places places;
  private final Targets targets;
  private final PackedWeeks packed;

  ObservationErasure(JdbcClient jdbc, Targets targets, PackedWeeks packed) {
    this.jdbc = jdbc;
    this.packed = packed;
    this.targets = targets;
    this.places = new Places(jdbc);
  }

  long erase(int tenant, Collection<ObservationKey> keys) {
    if (keys.isEmpty()) {
      return 0;
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    Long[] places = placeOf.values().toArray(Long[]::new);
    Long[] values = ObservationReader.values(placeOf.keySet());
    for (String table : List.of("observation_entry", "observation_link")) {
      jdbc.sql(
              "delete from telemetry." + table + " where tenant = :tenant and place = any(:places)")
          .param("tenant", tenant)
          .param("places", places, Types.ARRAY)
          .update();
    }
    Set<Long> erased = new LinkedHashSet<>(eraseRows(tenant, placeOf.values()));
    // Now that the partition is ours nothing in it can become packed.
    if (packed.unpack(tenant, placeOf.values())) {
      erased.addAll(eraseRows(tenant, placeOf.values()));
    }
    erased.addAll(
        jdbc.sql(
                """
                delete from telemetry.observation_version
                where tenant = :tenant and key = any(:keys)
                returning key
                """)
            .param("tenant", tenant)
            .param("keys", values, Types.ARRAY)
            .query(Long.class)
            .list());
    for (String table : List.of("observation_match", "observation_place")) {
      jdbc.sql("delete from telemetry." + table + " where tenant = :tenant and key = any(:keys)")
          .param("tenant", tenant)
          .param("keys", values, Types.ARRAY)
          .update();
    }
    return erased.size();
  }

  private List<Long> eraseRows(int tenant, Collection<Long> places) {
    return jdbc.sql(
            """
            delete from telemetry.observation
            where tenant = :tenant and %s
            returning telemetry.observation_key(place, rare)
            """
                .formatted(Places.at(places)))
        .param("tenant", tenant)
        .query(Long.class)
        .list();
  }

  long eraseVersions(int tenant, ObservationKey key, Set<Long> versions) {
    return jdbc.sql(
            """
            delete from telemetry.observation_version
            where tenant = :tenant and key = :key and version = any(:versions)
              and superseded_at is not null
            """)
        .param("tenant", tenant)
        .param("key", key.value())
        .param("versions", versions.toArray(Long[]::new), Types.ARRAY)
        .update();
  }

  /**
   * Takes what no other transaction holds, and waits for none: so it never waits in a circle with
   * one that waits for the log.
   */
  Observations.Erased eraseSubject(int tenant, long patientPid, int most) {
    List<ObservationKey> found =
        jdbc.sql(
                """
                (select telemetry.observation_key(place, rare) as key
                from %s
                where tenant = :tenant and patient = any(:patients) limit :most)
                union
                (select telemetry.observation_key(observation.place, rare)
                from telemetry.observation_link
                join telemetry.observation
                  on observation.tenant = observation_link.tenant
                  and observation.place >> 4 = observation_link.place >> 4
                  and observation.place = observation_link.place
                where observation_link.tenant = :tenant and target_pid = :pid and path = :path
                limit :most)
                union
                (select key from telemetry.observation_version
                where tenant = :tenant and patient = any(:patients) limit :most)
                """
                    .formatted(packed.all()))
            .param("tenant", tenant)
            .param("pid", patientPid)
            .param(
                "patients",
                targets.numbers(tenant, List.of(patientPid)).toArray(Integer[]::new),
                Types.ARRAY)
            .param("path", NewRow.SUBJECT)
            .param("most", most)
            .query((row, n) -> new ObservationKey(row.getLong("key")))
            .list();
    return new Observations.Erased(erase(tenant, lock(tenant, found)), found.isEmpty());
  }

  /**
   * Those of the keys that are nobody else's now; they are locked to the end of the transaction.
   */
  List<ObservationKey> lock(int tenant, Collection<ObservationKey> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    String rows =
        "select telemetry.observation_key(place, rare) from telemetry.observation"
            + " where tenant = :tenant and "
            + Places.at(placeOf.values());
    // What lies in a block lies at its key.
    Set<Long> busy = new HashSet<>(packed.lock(tenant, placeOf.values()));
    Set<Long> inRows = new HashSet<>(keysOf(rows, tenant));
    keysOf(rows + " for update skip locked", tenant).forEach(inRows::remove);
    busy.addAll(inRows);
    return placeOf.keySet().stream().filter(key -> !busy.contains(key.value())).toList();
  }

  private List<Long> keysOf(String sql, int tenant) {
    return jdbc.sql(sql).param("tenant", tenant).query(Long.class).list();
  }
}
