package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads states and contents by key or id. */
final class ObservationReader {

  private final JdbcClient jdbc;
  private final Places places;
  private final StoredRows storedRows;
  private final PackedWeeks packed;

  ObservationReader(JdbcClient jdbc, StoredRows storedRows, PackedWeeks packed) {
    this.jdbc = jdbc;
    this.packed = packed;
    this.places = new Places(jdbc);
    this.storedRows = storedRows;
  }

  Map<String, ObservationState> findByIds(int tenant, Collection<String> ids) {
    Map<String, ObservationKey> keyOf = new HashMap<>();
    List<String> foreign = new ArrayList<>();
    for (String id : ids) {
      ObservationKey.ofId(id).ifPresentOrElse(key -> keyOf.put(id, key), () -> foreign.add(id));
    }
    if (!foreign.isEmpty()) {
      jdbc.sql(
              """
              select id, key from telemetry.observation_place
              where tenant = :tenant and id = any(:ids)
              """)
          .param("tenant", tenant)
          .param("ids", foreign.toArray(String[]::new), Types.ARRAY)
          .query(
              row -> {
                keyOf.put(row.getString("id"), new ObservationKey(row.getLong("key")));
              });
    }
    Map<ObservationKey, ObservationState> states = findByKeys(tenant, keyOf.values());
    Map<String, ObservationState> byId = new HashMap<>();
    keyOf.forEach(
        (id, key) -> {
          ObservationState state = states.get(key);
          if (state != null && state.id().equals(id)) {
            byId.put(id, state);
          }
        });
    return byId;
  }

  Map<ObservationKey, ObservationState> findByKeys(int tenant, Collection<ObservationKey> keys) {
    Map<ObservationKey, ObservationState> states = new HashMap<>();
    if (keys.isEmpty()) {
      return states;
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    jdbc.sql(
            """
            select telemetry.observation_key(place, rare) as key,
              telemetry.client_id(rare) as client_id, version, updated_at, false as deleted
            from %s
            where tenant = :tenant and %s
            """
                .formatted(packed.at(placeOf.values()), Places.at(placeOf.values())))
        .param("tenant", tenant)
        .query((row, n) -> StoredRows.state(row))
        .list()
        .forEach(state -> states.put(state.key(), state));
    Set<ObservationKey> missing = new LinkedHashSet<>(keys);
    missing.removeAll(states.keySet());
    if (!missing.isEmpty()) {
      jdbc.sql(
              """
              select key, telemetry.client_id(rare) as client_id, version, updated_at, deleted
              from telemetry.observation_version
              where tenant = :tenant and key = any(:keys) and deleted and superseded_at is null
              """)
          .param("tenant", tenant)
          .param("keys", values(missing), Types.ARRAY)
          .query((row, n) -> StoredRows.state(row))
          .list()
          .forEach(state -> states.put(state.key(), state));
    }
    return states;
  }

  Map<ObservationKey, StoredObservation> load(int tenant, Collection<ObservationKey> keys) {
    if (keys.isEmpty()) {
      return Map.of();
    }
    Map<ObservationKey, Long> placeOf = places.of(tenant, keys);
    List<StoredRows.Row> rows =
        new ArrayList<>(
            jdbc.sql(
                    """
                    select %s from %s
                    where tenant = :tenant and %s
                    """
                        .formatted(
                            StoredRows.CURRENT,
                            packed.at(placeOf.values()),
                            Places.at(placeOf.values())))
                .param("tenant", tenant)
                .query((row, n) -> StoredRows.read(row))
                .list());
    if (rows.size() < placeOf.size()) {
      rows.addAll(
          jdbc.sql(
                  """
                  select %s from telemetry.observation_version
                  where tenant = :tenant and key = any(:keys) and deleted
                    and superseded_at is null
                  """
                      .formatted(StoredRows.VERSION))
              .param("tenant", tenant)
              .param("keys", values(placeOf.keySet()), Types.ARRAY)
              .query((row, n) -> StoredRows.read(row))
              .list());
    }
    Map<ObservationKey, StoredObservation> byKey = new HashMap<>();
    storedRows.decode(tenant, rows).forEach(stored -> byKey.put(stored.key(), stored));
    Map<ObservationKey, StoredObservation> ordered = new LinkedHashMap<>();
    for (ObservationKey key : keys) {
      if (byKey.containsKey(key)) {
        ordered.put(key, byKey.get(key));
      }
    }
    return ordered;
  }

  Optional<StoredObservation> load(int tenant, ObservationKey key, long version) {
    Long place = places.of(tenant, List.of(key)).get(key);
    List<StoredRows.Row> rows =
        jdbc.sql(
                """
                select %s from %s
                where tenant = :tenant and version = :version and %s
                union all
                select %s from telemetry.observation_version
                where tenant = :tenant and key = :key and version = :version
                """
                    .formatted(
                        StoredRows.CURRENT,
                        packed.at(List.of(place)),
                        Places.at(List.of(place)),
                        StoredRows.VERSION))
            .param("tenant", tenant)
            .param("key", key.value())
            .param("version", version)
            .query((row, n) -> StoredRows.read(row))
            .list();
    return storedRows.decode(tenant, rows).stream().findFirst();
  }

  static Long[] values(Collection<ObservationKey> keys) {
    return keys.stream().map(ObservationKey::value).toArray(Long[]::new);
  }
}
