package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A criterion as a condition on {@code telemetry.observation}. What shapes tell is asked of them
 * first, so that the condition names shapes by number; what few Observations tell in rows of their
 * own becomes a list of places.
 */
final class FilterSql {

  /** More places than these are asked row by row. */
  private static final int MOST_PLACES = 5_000;

  private final NamedParameterJdbcTemplate jdbc;
  private final Targets targets;
  private final int tenant;
  private final SqlParameters parameters;
  private final EntrySql entries;
  private final Places places;

  FilterSql(
      NamedParameterJdbcTemplate jdbc, Targets targets, int tenant, SqlParameters parameters) {
    this.jdbc = jdbc;
    this.targets = targets;
    this.tenant = tenant;
    this.parameters = parameters;
    this.entries = new EntrySql(parameters);
    this.places = new Places(JdbcClient.create(jdbc));
  }

  String condition(Criterion criterion) {
    if (criterion instanceof Criterion.All all) {
      return all(all.criteria());
    }
    if (criterion instanceof Criterion.Any any) {
      return any(any.criteria().stream().map(this::condition).toList());
    }
    if (criterion instanceof Criterion.Not not) {
      return "((" + condition(not.criterion()) + ") is not true)";
    }
    if (criterion instanceof Criterion.KeyIn in) {
      return keys(in.keys());
    }
    if (criterion instanceof Criterion.Updated updated) {
      return updated(updated);
    }
    if (criterion instanceof Criterion.Link link) {
      return link(link);
    }
    if (criterion instanceof Criterion.SameElement same) {
      return sameElement(same);
    }
    return entry((Criterion.OnEntry) criterion);
  }

  private String all(List<? extends Criterion> criteria) {
    return criteria.isEmpty()
        ? "true"
        : criteria.stream().map(this::condition).collect(Collectors.joining(" and ", "(", ")"));
  }

  private static String any(List<String> conditions) {
    return conditions.isEmpty() ? "false" : "(" + String.join(" or ", conditions) + ")";
  }

  private String keys(Collection<ObservationKey> keys) {
    return Places.at(places.of(tenant, keys).values());
  }

  private String updated(Criterion.Updated updated) {
    String from =
        updated.from() == null
            ? "true"
            : "observation.updated_at >= " + parameters.moment(updated.from());
    return updated.to() == null
        ? from
        : "(" + from + " and observation.updated_at <= " + parameters.moment(updated.to()) + ")";
  }

  private String link(Criterion.Link link) {
    List<String> ways = new ArrayList<>();
    column(link, NewRow.SUBJECT, List.of(NewRow.PATIENT_TYPE), "observation.patient", ways);
    column(link, NewRow.DEVICE, NewRow.DEVICE_TYPES, "observation.device", ways);
    List<String> targets = new ArrayList<>();
    if (link.targetPids() != null && !link.targetPids().isEmpty()) {
      targets.add("e.target_pid = any(" + pids(link) + ")");
    }
    if (!link.urls().isEmpty()) {
      String urls = parameters.array(link.urls().toArray(String[]::new));
      targets.add(
          "e.url = any("
              + urls
              + ") and md5(e.url) = any(select md5(u) from unnest("
              + urls
              + ") as u)");
    }
    if (link.targetPids() == null && link.urls().isEmpty()) {
      targets.add("true");
    }
    String type =
        link.targetType() == null
            ? ""
            : " and e.target_type = " + parameters.text(link.targetType());
    side(
        "observation_link",
        "e.path = any("
            + parameters.array(link.paths().toArray(String[]::new))
            + ")"
            + type
            + " and "
            + any(targets),
        ways);
    return any(ways);
  }

  private void column(
      Criterion.Link link, String path, List<String> types, String column, List<String> ways) {
    if (!link.paths().contains(path)
        || link.targetType() != null && !types.contains(link.targetType())) {
      return;
    }
    if (link.targetPids() == null && link.urls().isEmpty()) {
      ways.add(
          types.size() == 1 || link.targetType() == null
              ? column + " is not null"
              : "exists (select from telemetry.target as t where t.tenant = :tenant and t.number = "
                  + column
                  + " and t.type = "
                  + parameters.text(link.targetType())
                  + ")");
    } else if (link.targetPids() != null && !link.targetPids().isEmpty()) {
      Integer[] numbers = targets.numbers(tenant, link.targetPids()).toArray(Integer[]::new);
      if (numbers.length > 0) {
        ways.add(column + " = any(" + parameters.array(numbers) + ")");
      }
    }
  }

  private String pids(Criterion.Link link) {
    return parameters.array(link.targetPids().toArray(Long[]::new));
  }

  private record Open(int slot, double factor, double shift) {}

  private String entry(Criterion.OnEntry criterion) {
    if (criterion.param().equals(ShapeIndex.DATE)) {
      if (criterion instanceof Criterion.Date date) {
        return "(" + entries.effective(date.bounds()) + ")";
      }
      if (criterion instanceof Criterion.Present) {
        return "observation.effective_from is not null";
      }
    }
    List<String> ways = new ArrayList<>();
    String fixed = entries.fixed(criterion);
    Integer[] shapes =
        jdbc.queryForList(
                "select distinct shape_id from telemetry.shape_entry as e where tenant = :tenant and "
                    + fixed,
                parameters.source(),
                Integer.class)
            .toArray(Integer[]::new);
    if (shapes.length > 0) {
      ways.add("observation.shape_id = any(" + parameters.array(shapes) + ")");
    }
    open(criterion, ways);
    side("observation_entry", fixed, ways);
    return any(ways);
  }

  /** Shapes that tell all but a number, time or code, which the row keeps. */
  private void open(Criterion.OnEntry criterion, List<String> ways) {
    String open = entries.open(criterion);
    if (open == null) {
      return;
    }
    Map<Open, List<Integer>> shapes =
        jdbc
            .query(
                """
                select shape_id, coalesce(slot, 0) as slot, coalesce(factor, 1) as factor,
                  coalesce(shift, 0) as shift
                from telemetry.shape_entry as e where tenant = :tenant and\s"""
                    + open,
                parameters.source(),
                (row, n) ->
                    Map.entry(
                        new Open(
                            row.getInt("slot"), row.getDouble("factor"), row.getDouble("shift")),
                        row.getInt("shape_id")))
            .stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    shapes.forEach(
        (kept, ids) ->
            ways.add(
                "(observation.shape_id = any("
                    + parameters.array(ids.toArray(Integer[]::new))
                    + ") and "
                    + entries.rest(criterion, kept.slot(), kept.factor(), kept.shift())
                    + ")"));
  }

  /** Observations that tell it in rows of their own. */
  private void side(String table, String condition, List<String> ways) {
    List<Long> found =
        jdbc.queryForList(
            "select distinct place from telemetry."
                + table
                + " as e where tenant = :tenant and "
                + condition
                + " limit "
                + (MOST_PLACES + 1),
            parameters.source(),
            Long.class);
    if (found.size() > MOST_PLACES) {
      ways.add(
          "exists (select from telemetry."
              + table
              + " as e where e.tenant = :tenant and e.place = observation.place and "
              + condition
              + ")");
    } else if (!found.isEmpty()) {
      ways.add(Places.at(found));
    }
  }

  /** Each part alone first, which finds few; then that they meet on one element. */
  private String sameElement(Criterion.SameElement same) {
    String meeting =
        same.parts().stream().map(this::elements).collect(Collectors.joining(" intersect "));
    return "(" + all(same.parts()) + " and exists (" + meeting + "))";
  }

  private String elements(Criterion.OnEntry part) {
    String fixed = entries.fixed(part);
    String open = entries.open(part);
    String kept = open == null ? "false" : open + " and " + entries.rest(part);
    return """
        (select e.element from telemetry.observation_entry as e
         where e.tenant = :tenant and e.place = observation.place and %1$s
         union all
         select e.element from telemetry.shape_entry as e
         where e.tenant = :tenant and e.shape_id = observation.shape_id
           and ((%1$s) or (%2$s)))"""
        .formatted(fixed, kept);
  }

  /** The crossing weeks beyond a week: what lies there may have begun before. */
  List<Integer> crossings(int week, int limit) {
    return jdbc.queryForList(
        """
        select week from telemetry.observation_crossing
        where tenant = :tenant and week > :week order by week limit :limit
        """,
        new org.springframework.jdbc.core.namedparam.MapSqlParameterSource("tenant", tenant)
            .addValue("week", week, Types.INTEGER)
            .addValue("limit", limit, Types.INTEGER),
        Integer.class);
  }
}
