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
import java.util.stream.Collectors;
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
    for (ObservationState state : states(tenant, atHome(keys))) {
      states.put(state.key(), state);
    }
    Set<ObservationKey> missing = without(keys, states.keySet());
    if (!missing.isEmpty()) {
      for (ObservationState state : states(tenant, elsewhere(tenant, missing))) {
        states.put(state.key(), state);
      }
      missing.removeAll(states.keySet());
    }
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

  /** Where almost all lie, so that most questions need no look at the others' places. */
  private static List<Long> atHome(Collection<ObservationKey> keys) {
    return keys.stream().map(ObservationKey::value).toList();
  }

  /** Where those lie that are not at home; no place for what never moved. */
  private List<Long> elsewhere(int tenant, Set<ObservationKey> missing) {
    return places.of(tenant, missing).entrySet().stream()
        .filter(place -> place.getKey().value() != place.getValue())
        .map(Map.Entry::getValue)
        .toList();
  }

  private static Set<ObservationKey> without(
      Collection<ObservationKey> keys, Set<ObservationKey> found) {
    Set<ObservationKey> missing = new LinkedHashSet<>(keys);
    missing.removeAll(found);
    return missing;
  }

  private List<ObservationState> states(int tenant, List<Long> placed) {
    return placed.isEmpty()
        ? List.of()
        : jdbc.sql(
                """
                select telemetry.observation_key(place, rare) as key,
                  telemetry.client_id(rare) as client_id, version, updated_at, false as deleted
                from %s
                where tenant = :tenant and %s
                """
                    .formatted(packed.at(placed), Places.at(placed)))
            .param("tenant", tenant)
            .query((row, n) -> StoredRows.state(row))
            .list();
  }

  /** Of one place the text is the same for a week, so that it is parsed and planned once. */
  private List<StoredRows.Row> row(int tenant, long place) {
    return jdbc.sql(
            """
            select %s from %s
            where tenant = :tenant and %s
            """
                .formatted(StoredRows.CURRENT, packed.atOne(place), Places.atOne(place)))
        .param("tenant", tenant)
        .param("place", place)
        .query((row, n) -> StoredRows.read(row))
        .list();
  }

  private List<StoredRows.Row> rows(int tenant, List<Long> placed) {
    if (placed.size() == 1) {
      return row(tenant, placed.get(0));
    }
    return placed.isEmpty()
        ? List.of()
        : jdbc.sql(
                """
                select %s from %s
                where tenant = :tenant and %s
                """
                    .formatted(StoredRows.CURRENT, packed.at(placed), Places.at(placed)))
            .param("tenant", tenant)
            .query((row, n) -> StoredRows.read(row))
            .list();
  }

  Map<ObservationKey, StoredObservation> load(int tenant, Collection<ObservationKey> keys) {
    List<StoredRows.Row> rows = new ArrayList<>(rows(tenant, atHome(keys)));
    Set<ObservationKey> missing = without(keys, keysOf(rows));
    if (!missing.isEmpty()) {
      rows.addAll(rows(tenant, elsewhere(tenant, missing)));
      missing.removeAll(keysOf(rows));
    }
    if (!missing.isEmpty()) {
      rows.addAll(
          jdbc.sql(
                  """
                  select %s from telemetry.observation_version
                  where tenant = :tenant and key = any(:keys) and deleted
                    and superseded_at is null
                  """
                      .formatted(StoredRows.VERSION))
              .param("tenant", tenant)
              .param("keys", values(missing), Types.ARRAY)
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

  private static Set<ObservationKey> keysOf(List<StoredRows.Row> rows) {
    return rows.stream().map(row -> row.state().key()).collect(Collectors.toSet());
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
