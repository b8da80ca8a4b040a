package dev.vigil.telemetry.observation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** References of living Observations, from columns and rows, in both directions. */
final class ObservationLinks {

  private static final String COLUMN =
      """
      select telemetry.observation_key(observation.place, rare) as key, '%1$s' as path,
        target.type as target_type, target.pid as target_pid, target.id as target_id,
        null::bigint as target_version, null as url
      from %4$s
      join telemetry.target on target.number = observation.%2$s
      where observation.tenant = :tenant and target.tenant = :tenant and %3$s
      """;

  /** Of what a block holds no other table has a row. */
  private static final String ROW =
      """
      select telemetry.observation_key(observation.place, rare) as key, path, target_type, target_pid,
        target_id, target_version, url
      from telemetry.observation_link as link
      join telemetry.observation on
      """
          + Places.joined("link")
          + " where link.tenant = :tenant and %s";

  private final JdbcClient jdbc;
  private final Places places;
  private final Targets targets;
  private final PackedWeeks packed;

  ObservationLinks(JdbcClient jdbc, Targets targets, PackedWeeks packed) {
    this.jdbc = jdbc;
    this.packed = packed;
    this.places = new Places(jdbc);
    this.targets = targets;
  }

  List<Observations.FoundLink> to(
      int tenant, Collection<Long> targetPids, Set<String> paths, int limit) {
    if (targetPids.isEmpty()) {
      return List.of();
    }
    List<String> parts = new ArrayList<>();
    Integer[] numbers = targets.numbers(tenant, targetPids).toArray(Integer[]::new);
    if (numbers.length > 0) {
      parts.addAll(columns(packed.all(), "observation.%s = any(:numbers)", paths));
    }
    parts.add(ROW.formatted("target_pid = any(:pids)"));
    return jdbc.sql(
            union(parts)
                + """
                order by key, path
                limit :limit
                """)
        .param("tenant", tenant)
        .param("pids", targetPids.toArray(Long[]::new), Types.ARRAY)
        .param("numbers", numbers, Types.ARRAY)
        .param("paths", paths.toArray(String[]::new), Types.ARRAY)
        .param("limit", limit)
        .query((row, n) -> found(row))
        .list();
  }

  List<Observations.FoundLink> from(
      int tenant, Collection<ObservationKey> keys, Set<String> paths) {
    if (keys.isEmpty()) {
      return List.of();
    }
    Collection<Long> at = places.of(tenant, keys).values();
    List<String> parts = columns(packed.at(at), Places.at(at), paths);
    parts.add(ROW.formatted(Places.at(at) + " and link.place = any(:places)"));
    return jdbc.sql(union(parts))
        .param("tenant", tenant)
        .param("places", at.toArray(Long[]::new), Types.ARRAY)
        .param("paths", paths.toArray(String[]::new), Types.ARRAY)
        .query((row, n) -> found(row))
        .list();
  }

  /** Those of the two columns that can hold a link by one of the paths. */
  private static List<String> columns(String rows, String condition, Set<String> paths) {
    List<String> parts = new ArrayList<>();
    for (String path : List.of(NewRow.SUBJECT, NewRow.DEVICE)) {
      if (paths.isEmpty() || paths.contains(path)) {
        String column = path.equals(NewRow.SUBJECT) ? "patient" : "device";
        parts.add(COLUMN.formatted(path, column, condition.replace("%s", column), rows));
      }
    }
    return parts;
  }

  private static String union(List<String> parts) {
    return """
        select * from (
          %s) as link
        where cardinality(:paths) = 0 or path = any(:paths)
        """
        .formatted(String.join(" union all ", parts));
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
