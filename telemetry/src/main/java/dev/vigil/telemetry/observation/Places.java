package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where Observations lie: at their key, or where {@code telemetry.observation_place} says. */
final class Places {

  /** With more partitions one range over all of them is tested instead. */
  private static final int MOST_RANGES = 16;

  private final JdbcClient jdbc;

  Places(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The place of each key, whether or not something lies there. */
  Map<ObservationKey, Long> of(TenantId tenant, Collection<ObservationKey> keys) {
    Map<ObservationKey, Long> places = new HashMap<>();
    keys.forEach(key -> places.put(key, key.value()));
    if (!keys.isEmpty()) {
      jdbc.sql(
              """
              select key, place from telemetry.observation_place
              where tenant_id = :tenant and key = any(:keys) and place <> key
              """)
          .param("tenant", tenant.value())
          .param("keys", keys.stream().map(ObservationKey::value).toArray(Long[]::new), Types.ARRAY)
          .query(
              row -> {
                places.put(new ObservationKey(row.getLong("key")), row.getLong("place"));
              });
    }
    return places;
  }

  /**
   * A condition on {@code place} that lets the planner leave out partitions: bounds as numbers in
   * the text, for it does not look into arrays.
   */
  static String within(Collection<Long> places) {
    SortedSet<Integer> partitions =
        places.stream()
            .map(place -> Week.partitionBegins((int) (place >>> ObservationKey.NUMBER_BITS)))
            .collect(Collectors.toCollection(TreeSet::new));
    if (partitions.isEmpty()) {
      return "false";
    }
    if (partitions.size() > MOST_RANGES) {
      return range(partitions.first(), partitions.last());
    }
    return partitions.stream()
        .map(first -> range(first, first))
        .collect(Collectors.joining(" or ", "(", ")"));
  }

  private static String range(int first, int last) {
    return "place >= " + Week.place(first) + " and place < " + Week.place(Week.partitionEnds(last));
  }
}
