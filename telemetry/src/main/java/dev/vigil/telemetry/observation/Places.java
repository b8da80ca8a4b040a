package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where Observations lie: at their key, or where {@code telemetry.observation_place} says. */
final class Places {

  /** With more partitions one range over all of them is tested instead. */
  private static final int MOST_RANGES = 16;

  /** Rows whose places differ in these bits alone share an entry of the index. */
  static final int GROUP_BITS = 4;

  private final JdbcClient jdbc;

  Places(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The place of each key, whether or not something lies there. */
  Map<ObservationKey, Long> of(int tenant, Collection<ObservationKey> keys) {
    Map<ObservationKey, Long> places = new HashMap<>();
    keys.forEach(key -> places.put(key, key.value()));
    if (!keys.isEmpty()) {
      jdbc.sql(
              """
              select key, place from telemetry.observation_place
              where tenant = :tenant and key = any(:keys) and place <> key
              """)
          .param("tenant", tenant)
          .param("keys", keys.stream().map(ObservationKey::value).toArray(Long[]::new), Types.ARRAY)
          .query(
              row -> {
                places.put(new ObservationKey(row.getLong("key")), row.getLong("place"));
              });
    }
    return places;
  }

  /**
   * The condition that a row lies at one of the places. Bounds stand as numbers in the text, since
   * the planner does not look into arrays when it leaves out partitions; groups of 16 places are
   * what the index knows.
   *
   * @param places of {@code telemetry.observation}, which the statement names {@code observation}
   */
  static String at(Collection<Long> places) {
    if (places.isEmpty()) {
      return "false";
    }
    String groups =
        places.stream()
            .map(place -> place >> GROUP_BITS)
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(","));
    String each =
        places.stream().distinct().sorted().map(String::valueOf).collect(Collectors.joining(","));
    return """
        (observation.place >> %d = any('{%s}'::bigint[])
          and observation.place = any('{%s}'::bigint[]) and %s)"""
        .formatted(GROUP_BITS, groups, each, within(places));
  }

  /** The same of the one place that is the statement's parameter {@code place}. */
  static String atOne(long place) {
    return "observation.place >> %d = :place >> %d and observation.place = :place and %s"
        .formatted(GROUP_BITS, GROUP_BITS, within(List.of(place)));
  }

  /** The condition that a row of a table beside it belongs to an Observation. */
  static String joined(String table) {
    return """
        observation.tenant = %1$s.tenant and observation.place = %1$s.place
          and observation.place >> %2$d = %1$s.place >> %2$d"""
        .formatted(table, GROUP_BITS);
  }

  private static String within(Collection<Long> places) {
    SortedSet<Integer> partitions =
        places.stream()
            .map(place -> Week.partitionBegins((int) (place >>> ObservationKey.NUMBER_BITS)))
            .collect(Collectors.toCollection(TreeSet::new));
    if (partitions.size() > MOST_RANGES) {
      return range(partitions.first(), partitions.last());
    }
    return partitions.stream()
        .map(first -> range(first, first))
        .collect(Collectors.joining(" or ", "(", ")"));
  }

  private static String range(int first, int last) {
    return "observation.place >= "
        + Week.place(first)
        + " and observation.place < "
        + Week.place(Week.partitionEnds(last));
  }
}
