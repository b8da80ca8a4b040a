package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** What Observations that meet a criterion refer to. */
final class ReferredTo {

  /** So many Observations are looked at; where more meet it, each target is asked instead. */
  private static final int MOST_ROWS = 2_000;

  private final NamedParameterJdbcTemplate jdbc;
  private final FilterPlans plans;
  private final PlaceRanges ranges;
  private final PackedWeeks packed;

  ReferredTo(
      NamedParameterJdbcTemplate jdbc, FilterPlans plans, PlaceRanges ranges, PackedWeeks packed) {
    this.packed = packed;
    this.jdbc = jdbc;
    this.plans = plans;
    this.ranges = ranges;
  }

  /** PIDs of resources of a type. */
  Set<Long> targets(int tenant, Criterion filter, Set<String> paths, String type) {
    SqlParameters parameters = new SqlParameters(tenant);
    FilterSql.Plan plan = plans.of(tenant, filter, parameters);
    if (plan.shapes() != null && plan.shapes().isEmpty()) {
      return Set.of();
    }
    String where = String.join(" and ", FilterPlans.conditions(plan, parameters));
    PackedFilter blocks = PackedFilter.of(jdbc, packed, parameters, tenant, filter);
    parameters.source().addValue("type", type);
    Set<Long> found = new HashSet<>();
    if (paths.contains(NewRow.SUBJECT) && type.equals(NewRow.PATIENT_TYPE)) {
      found.addAll(inColumn(FilterSql.PATIENT, blocks, where, parameters));
    }
    if (paths.contains(NewRow.DEVICE) && NewRow.DEVICE_TYPES.contains(type)) {
      found.addAll(inColumn("observation.device", blocks, where, parameters));
    }
    // Of what a block holds no other table has a row.
    parameters.source().addValue("paths", paths.toArray(String[]::new), Types.ARRAY);
    found.addAll(
        jdbc.queryForList(
            """
            select distinct link.target_pid from telemetry.observation_link as link
            join telemetry.observation on %s
            where link.tenant = :tenant and link.target_pid is not null and link.target_type = :type
              and link.path = any(:paths) and %s"""
                .formatted(Places.joined("link"), where),
            parameters.source(),
            Long.class));
    return found;
  }

  private Set<Long> inColumn(
      String column, PackedFilter blocks, String where, SqlParameters parameters) {
    List<Integer> few =
        jdbc.queryForList(
            "select %s from %s where %s and %s is not null limit %d"
                .formatted(column, blocks.rows(), where, column, MOST_ROWS + 1),
            parameters.source(),
            Integer.class);
    if (few.size() > MOST_ROWS) {
      return ofEach(column, blocks, where, parameters);
    }
    parameters.source().addValue("numbers", Set.copyOf(few).toArray(Integer[]::new), Types.ARRAY);
    return new HashSet<>(
        jdbc.queryForList(
            """
            select pid from telemetry.target
            where tenant = :tenant and type = :type and number = any(:numbers)""",
            parameters.source(),
            Long.class));
  }

  /** Which targets have any: the newest partitions first, and then only who was not found yet. */
  private Set<Long> ofEach(
      String column, PackedFilter blocks, String where, SqlParameters parameters) {
    Set<Long> found = new HashSet<>();
    List<Map.Entry<Integer, Long>> left =
        jdbc.query(
            "select number, pid from telemetry.target where tenant = :tenant and type = :type",
            parameters.source(),
            (row, n) -> Map.entry(row.getInt("number"), row.getLong("pid")));
    for (PlaceRanges.Range range : ranges.descending()) {
      if (left.isEmpty()) {
        break;
      }
      parameters
          .source()
          .addValue(
              "left", left.stream().map(Map.Entry::getKey).toArray(Integer[]::new), Types.ARRAY);
      Set<Integer> having =
          new HashSet<>(
              jdbc.queryForList(
                  """
                  select each.number from unnest(:left) as each (number)
                  cross join lateral (
                    select from %s
                    where %s and %s and %s = each.number limit 1) as one"""
                      .formatted(blocks.rows(range), where, range.condition(), column),
                  parameters.source(),
                  Integer.class));
      List<Map.Entry<Integer, Long>> without = new ArrayList<>();
      for (Map.Entry<Integer, Long> target : left) {
        if (having.contains(target.getKey())) {
          found.add(target.getValue());
        } else {
          without.add(target);
        }
      }
      left = without;
    }
    return found;
  }
}
