package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

  private static final int TOLD_BY_SHAPE = 1;

  /** Shapes that tell all but a number, time or code, which the row keeps. */
  private static final int LEFT_OPEN = 2;

  private static final String WAYS =
      """
      select distinct 1 as way, shape_id, 0 as slot, 1::double precision as factor,
        0::double precision as shift, 0::bigint as place
      from telemetry.shape_entry as e where tenant = :tenant and %1$s
      union all
      select 2, shape_id, coalesce(slot, 0), coalesce(factor, 1), coalesce(shift, 0), 0
      from telemetry.shape_entry as e where tenant = :tenant and %2$s
      union all
      (select distinct 3, 0, 0, 1, 0, place
       from telemetry.observation_entry as e where tenant = :tenant and %1$s limit %3$d)""";

  static final String SHAPE = "observation.shape_id";
  static final String PATIENT = "observation.patient";

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

  /**
   * A criterion taken apart as the indexes like it.
   *
   * @param conditions all hold, and so does what follows
   * @param shapes one of these; null for any
   * @param patient number of the subject; null for any
   */
  record Plan(List<String> conditions, Set<Integer> shapes, Integer patient) {}

  /** What is asked of the whole Observation, so that an index can be chosen for it. */
  Plan plan(Criterion filter) {
    List<String> conditions = new ArrayList<>();
    Set<Integer> shapes = null;
    Integer patient = null;
    for (Criterion criterion : flat(filter)) {
      if (criterion instanceof Criterion.OnEntry entry && !isDate(entry)) {
        Ways ways = ways(entry);
        if (ways.others().isEmpty()) {
          shapes = shapes == null ? new TreeSet<>(ways.ids()) : shapes;
          shapes.retainAll(ways.ids());
        } else {
          conditions.add(condition(ways, SHAPE));
        }
      } else if (criterion instanceof Criterion.Link link) {
        Ways ways = ways(link);
        if (patient == null && ways.others().isEmpty() && ways.ids().size() == 1) {
          patient = ways.ids().iterator().next();
        } else {
          conditions.add(condition(ways, PATIENT));
        }
      } else {
        conditions.add(condition(criterion));
      }
    }
    return new Plan(conditions, shapes, patient);
  }

  private static List<Criterion> flat(Criterion filter) {
    return filter instanceof Criterion.All all
        ? all.criteria().stream().flatMap(criterion -> flat(criterion).stream()).toList()
        : List.of(filter);
  }

  /**
   * Ways in which a row can meet a criterion.
   *
   * @param ids by having one of these numbers in a column
   * @param others or by meeting one of these conditions
   */
  private record Ways(Set<Integer> ids, List<String> others) {}

  private String condition(Ways ways, String column) {
    List<String> all = new ArrayList<>(ways.others());
    if (!ways.ids().isEmpty()) {
      all.add(column + " = any(" + parameters.array(ways.ids().toArray(Integer[]::new)) + ")");
    }
    return any(all);
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
      return condition(ways(link), PATIENT);
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
            : parameters.rounded("second_of", "observation.updated_at", ">=", updated.from());
    return updated.to() == null
        ? from
        : "("
            + from
            + " and "
            + parameters.rounded("second_of", "observation.updated_at", "<=", updated.to())
            + ")";
  }

  private Ways ways(Criterion.Link link) {
    List<String> ways = new ArrayList<>();
    Set<Integer> patients = new TreeSet<>();
    if (asks(link, NewRow.SUBJECT, List.of(NewRow.PATIENT_TYPE))) {
      if (toAnything(link)) {
        ways.add(PATIENT + " is not null");
      } else {
        patients.addAll(numbers(link));
      }
    }
    if (asks(link, NewRow.DEVICE, NewRow.DEVICE_TYPES)) {
      device(link, ways);
    }
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
    links(
        "e.path = any("
            + parameters.array(link.paths().toArray(String[]::new))
            + ")"
            + type
            + " and "
            + any(targets),
        ways);
    return new Ways(patients, ways);
  }

  private static boolean asks(Criterion.Link link, String path, List<String> types) {
    return link.paths().contains(path)
        && (link.targetType() == null || types.contains(link.targetType()));
  }

  private static boolean toAnything(Criterion.Link link) {
    return link.targetPids() == null && link.urls().isEmpty();
  }

  private Set<Integer> numbers(Criterion.Link link) {
    return link.targetPids() == null ? Set.of() : targets.numbers(tenant, link.targetPids());
  }

  private void device(Criterion.Link link, List<String> ways) {
    if (!toAnything(link)) {
      Integer[] numbers = numbers(link).toArray(Integer[]::new);
      if (numbers.length > 0) {
        ways.add("observation.device = any(" + parameters.array(numbers) + ")");
      }
    } else if (link.targetType() == null) {
      ways.add("observation.device is not null");
    } else {
      ways.add(
          """
          exists (select from telemetry.target as t where t.tenant = :tenant
            and t.number = observation.device and t.type = %s)"""
              .formatted(parameters.text(link.targetType())));
    }
  }

  private String pids(Criterion.Link link) {
    return parameters.array(link.targetPids().toArray(Long[]::new));
  }

  private record Open(int slot, double factor, double shift) {}

  private static boolean isDate(Criterion.OnEntry criterion) {
    return criterion.param().equals(ShapeIndex.DATE)
        && (criterion instanceof Criterion.Date || criterion instanceof Criterion.Present);
  }

  private String entry(Criterion.OnEntry criterion) {
    if (!isDate(criterion)) {
      return condition(ways(criterion), SHAPE);
    }
    return criterion instanceof Criterion.Date date
        ? "(" + entries.effective(date.bounds()) + ")"
        : "observation.effective_from is not null";
  }

  /** One statement asks what shapes tell, and what Observations tell in rows of their own. */
  private Ways ways(Criterion.OnEntry criterion) {
    String fixed = entries.fixed(criterion);
    String open = entries.open(criterion);
    Set<Integer> shapes = new TreeSet<>();
    Map<Open, List<Integer>> opened = new HashMap<>();
    List<Long> found = new ArrayList<>();
    jdbc.query(
        WAYS.formatted(fixed, open == null ? "false" : open, MOST_PLACES + 1),
        parameters.source(),
        row -> {
          switch (row.getInt("way")) {
            case TOLD_BY_SHAPE -> shapes.add(row.getInt("shape_id"));
            case LEFT_OPEN ->
                opened
                    .computeIfAbsent(
                        new Open(
                            row.getInt("slot"), row.getDouble("factor"), row.getDouble("shift")),
                        kept -> new ArrayList<>())
                    .add(row.getInt("shape_id"));
            default -> found.add(row.getLong("place"));
          }
        });
    List<String> others = new ArrayList<>();
    opened.forEach(
        (kept, ids) ->
            others.add(
                "(observation.shape_id = any("
                    + parameters.array(ids.toArray(Integer[]::new))
                    + ") and "
                    + entries.rest(criterion, kept.slot(), kept.factor(), kept.shift())
                    + ")"));
    side("observation_entry", fixed, found, others);
    return new Ways(shapes, others);
  }

  /** Observations that tell of a link in rows of their own. */
  private void links(String condition, List<String> ways) {
    List<Long> found =
        jdbc.queryForList(
            "select distinct place from telemetry.observation_link as e where tenant = :tenant and "
                + condition
                + " limit "
                + (MOST_PLACES + 1),
            parameters.source(),
            Long.class);
    side("observation_link", condition, found, ways);
  }

  private static void side(String table, String condition, List<Long> found, List<String> ways) {
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
