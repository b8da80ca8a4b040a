package dev.vigil.telemetry.observation;

import dev.vigil.telemetry.observation.Criterion.DateBound;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Plans of filters, with the partitions that their times leave out. */
final class FilterPlans {

  static final String OF_THE_TENANT = "observation.tenant = :tenant";

  /** With more weeks that hold earlier ones the upper end stays open. */
  static final int MOST_CROSSINGS = 16;

  /** With more that end late enough the hour is not asked for. */
  private static final int MOST_ENDING = 100;

  private final NamedParameterJdbcTemplate jdbc;
  private final Targets targets;

  FilterPlans(NamedParameterJdbcTemplate jdbc, Targets targets) {
    this.jdbc = jdbc;
    this.targets = targets;
  }

  /** With what the criterion says of places. */
  FilterSql.Plan of(int tenant, Criterion filter, SqlParameters parameters) {
    FilterSql sql = new FilterSql(jdbc, targets, tenant, parameters);
    FilterSql.Plan plan = sql.plan(filter);
    List<String> places = new ArrayList<>();
    prune(filter, sql, places);
    plan.conditions().addAll(places);
    if (plan.patient() != null) {
      begins(tenant, filter, plan, String.join(" and ", places), parameters);
    }
    return plan;
  }

  /**
   * What ends at a time or later began then or later too, but for the few with an end of their own:
   * these are looked for first, so that the hour of the others can be asked of an index.
   *
   * @param places what the times of the filter say of places; not empty, for there is a time
   */
  private void begins(
      int tenant, Criterion filter, FilterSql.Plan plan, String places, SqlParameters parameters) {
    if (filter instanceof Criterion.All all) {
      all.criteria().forEach(criterion -> begins(tenant, criterion, plan, places, parameters));
    } else if (filter instanceof Criterion.Date date && date.param().equals(ShapeIndex.DATE)) {
      for (DateBound bound : date.bounds()) {
        if (bound.edge() == DateBound.Edge.HIGH && isLower(bound)) {
          List<Long> ending = ending(tenant, plan.patient(), bound, places);
          if (ending.size() <= MOST_ENDING) {
            String hour =
                "telemetry.hour_of(observation.effective_from) >= telemetry.hour_of("
                    + parameters.moment(bound.moment())
                    + ")";
            plan.conditions()
                .add(ending.isEmpty() ? hour : "(" + hour + " or " + Places.at(ending) + ")");
          }
        }
      }
    }
  }

  /** No block has a row with an end of its own. */
  private List<Long> ending(int tenant, int patient, DateBound bound, String places) {
    SqlParameters parameters = new SqlParameters(tenant);
    return jdbc.queryForList(
        """
        select place from telemetry.observation
        where tenant = :tenant and patient = %s and split_part(rare, '|', 1) <> ''
          and telemetry.effective_until(effective_from, rare) >= %s and %s
        limit %d"""
            .formatted(
                parameters.number(patient),
                parameters.moment(bound.moment()),
                places,
                MOST_ENDING + 1),
        parameters.source(),
        Long.class);
  }

  private static boolean isLower(DateBound bound) {
    return bound.comparison() == DateBound.Comparison.GE
        || bound.comparison() == DateBound.Comparison.GT;
  }

  /** All of it as conditions on {@code telemetry.observation}. */
  static List<String> conditions(FilterSql.Plan plan, SqlParameters parameters) {
    List<String> conditions = new ArrayList<>();
    conditions.add(OF_THE_TENANT);
    if (plan.patient() != null) {
      conditions.add(FilterSql.PATIENT + " = " + parameters.number(plan.patient()));
    }
    if (plan.shapes() != null) {
      conditions.add(FilterSql.SHAPE + " = any(" + shapes(plan, parameters) + ")");
    }
    conditions.addAll(plan.conditions());
    return conditions;
  }

  static String shapes(FilterSql.Plan plan, SqlParameters parameters) {
    return parameters.array(plan.shapes().toArray(Integer[]::new));
  }

  /** Bounds on the place from bounds on the time, so that the planner leaves partitions out. */
  private static void prune(Criterion filter, FilterSql sql, List<String> conditions) {
    if (filter instanceof Criterion.All all) {
      all.criteria().forEach(criterion -> prune(criterion, sql, conditions));
    } else if (filter instanceof Criterion.Date date && date.param().equals(ShapeIndex.DATE)) {
      date.bounds().forEach(bound -> conditions.add(prune(bound, sql)));
    }
  }

  /** A place lies in the week of the high end, so never before that of the low end. */
  private static String prune(DateBound bound, FilterSql sql) {
    int week = Week.of(bound.moment());
    if (isLower(bound)) {
      return "observation.place >= " + Week.place(week);
    }
    String upTo = "observation.place < " + Week.place(week + 1);
    if (bound.edge() == DateBound.Edge.HIGH) {
      return upTo;
    }
    List<Integer> crossings = sql.crossings(week, MOST_CROSSINGS + 1);
    if (crossings.size() > MOST_CROSSINGS) {
      return "true";
    }
    return crossings.isEmpty() ? upTo : "(" + upTo + " or " + weeks(crossings) + ")";
  }

  /** One more than {@link #MOST_CROSSINGS} at most. */
  List<Integer> crossings(int tenant, int week) {
    return new FilterSql(jdbc, targets, tenant, new SqlParameters(tenant))
        .crossings(week, MOST_CROSSINGS + 1);
  }

  /** The shapes that a tenant has, at most so many. */
  Set<Integer> shapes(int tenant, int most) {
    return new TreeSet<>(
        jdbc.queryForList(
            "select shape_id from telemetry.shape where tenant = :tenant limit " + most,
            new SqlParameters(tenant).source(),
            Integer.class));
  }

  /** Lies in one of the weeks. */
  static String weeks(List<Integer> weeks) {
    return weeks.stream()
        .map(
            week ->
                "observation.place >= "
                    + Week.place(week)
                    + " and observation.place < "
                    + Week.place(week + 1))
        .collect(Collectors.joining(" or ", "(", ")"));
  }
}
