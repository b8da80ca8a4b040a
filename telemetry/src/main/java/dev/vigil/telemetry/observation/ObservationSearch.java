package dev.vigil.telemetry.observation;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.telemetry.observation.Criterion.DateBound;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Answers queries: one statement over {@code telemetry.observation} after what shapes tell is
 * known.
 */
final class ObservationSearch {

  /** With more weeks that hold earlier ones the upper end stays open. */
  private static final int MOST_CROSSINGS = 16;

  private final NamedParameterJdbcTemplate jdbc;
  private final Places places;
  private final Targets targets;

  ObservationSearch(DataSource dataSource, Targets targets) {
    this.targets = targets;
    this.jdbc = new NamedParameterJdbcTemplate(dataSource);
    this.places = new Places(JdbcClient.create(jdbc));
  }

  List<ObservationPosition> search(int tenant, ObservationQuery query) {
    SqlParameters parameters = new SqlParameters(tenant);
    String where = where(tenant, query.filter(), parameters);
    String moment = momentColumn(query.sort());
    if (query.after() != null) {
      where += " and " + after(tenant, query, moment, parameters);
    }
    String sql =
        """
        select telemetry.observation_key(place, rare) as key, %s as moment
        from telemetry.observation
        where %s
        order by %s
        limit %d offset %d
        """
            .formatted(
                moment == null ? "null::timestamptz" : moment,
                where,
                order(query.sort(), parameters),
                query.limit(),
                query.offset());
    return jdbc.query(
        sql,
        parameters.source(),
        (row, n) -> {
          OffsetDateTime at = row.getObject("moment", OffsetDateTime.class);
          return new ObservationPosition(
              at == null ? null : at.toInstant(), new ObservationKey(row.getLong("key")));
        });
  }

  long count(int tenant, Criterion filter) {
    SqlParameters parameters = new SqlParameters(tenant);
    String sql =
        "select count(*) from telemetry.observation where " + where(tenant, filter, parameters);
    return jdbc.queryForObject(sql, parameters.source(), Long.class);
  }

  private String where(int tenant, Criterion filter, SqlParameters parameters) {
    FilterSql sql = new FilterSql(jdbc, targets, tenant, parameters);
    List<String> conditions = new ArrayList<>();
    conditions.add("observation.tenant = :tenant");
    prune(filter, sql, conditions);
    conditions.add(sql.condition(filter));
    return String.join(" and ", conditions);
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
    boolean beyond =
        bound.comparison() == DateBound.Comparison.GE
            || bound.comparison() == DateBound.Comparison.GT;
    if (beyond) {
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
    return crossings.stream()
        .map(
            later ->
                " or observation.place >= "
                    + Week.place(later)
                    + " and observation.place < "
                    + Week.place(later + 1))
        .collect(Collectors.joining("", "(" + upTo, ")"));
  }

  private static String momentColumn(List<Sort> sort) {
    if (sort.isEmpty()) {
      return null;
    }
    return switch (sort.get(0).by()) {
      case UPDATED -> "observation.updated_at";
      case EFFECTIVE -> "observation.effective_from";
      default -> null;
    };
  }

  private String after(
      int tenant, ObservationQuery query, String moment, SqlParameters parameters) {
    List<Sort> sort = query.sort();
    boolean byKey = sort.isEmpty() || sort.get(0).by() == Sort.By.KEY;
    if (sort.size() > 1 || moment == null && !byKey) {
      throw new IllegalArgumentException("a position needs an order by key or one time");
    }
    boolean descending = !sort.isEmpty() && sort.get(0).descending();
    ObservationKey key = query.after().key();
    String place = parameters.big(places.of(tenant, List.of(key)).get(key));
    if (byKey) {
      return "observation.place " + (descending ? "< " : "> ") + place;
    }
    Instant at = query.after().moment();
    if (at == null) {
      return "(%s is null and observation.place > %s)".formatted(moment, place);
    }
    String bound = parameters.moment(at);
    return "(%1$s %2$s %3$s or %1$s = %3$s and observation.place > %4$s or %1$s is null)"
        .formatted(moment, descending ? "<" : ">", bound, place);
  }

  private static String order(List<Sort> sort, SqlParameters parameters) {
    List<String> keys = new ArrayList<>();
    for (Sort key : sort) {
      keys.add(expression(key, parameters) + (key.descending() ? " desc" : "") + " nulls last");
    }
    keys.add("observation.place");
    return String.join(", ", keys);
  }

  private static String expression(Sort key, SqlParameters parameters) {
    return switch (key.by()) {
      case KEY -> "observation.place";
      case UPDATED -> "observation.updated_at";
      case EFFECTIVE -> "observation.effective_from";
      case TOKEN -> {
        if (key.param().equals(ShapeIndex.IDENTIFIER)) {
          throw new ProblemException(
              Problem.invalid("_sort", "Observations cannot be sorted by identifier"));
        }
        yield of(
            key,
            "e.kind = 'token'",
            "(e.system || chr(1) || e.code) collate \"C\"",
            null,
            parameters);
      }
      case TEXT -> of(key, "e.kind = 'text'", "e.code collate \"C\"", null, parameters);
      case URI -> of(key, "e.kind = 'uri'", "e.code collate \"C\"", null, parameters);
      case DATE ->
          of(
              key,
              "e.kind in ('date', 'effective')",
              "e.low",
              "case e.kind when 'date' then e.low else observation.effective_from end",
              parameters);
      case NUMBER ->
          of(
              key,
              "e.kind in ('number', 'quantity')",
              "e.number",
              "coalesce(e.number, telemetry.slot_number(observation.value, observation.rare, e.slot)"
                  + " * e.factor + e.shift)",
              parameters);
      case LINK -> link(key, parameters);
    };
  }

  /** The least or greatest of the entries of the Observation and of its shape. */
  private static String of(
      Sort key, String kind, String own, String shared, SqlParameters parameters) {
    String param = parameters.text(key.param());
    return """
        (select %1$s(entry.x) from (
          select %2$s as x from telemetry.observation_entry as e
          where e.tenant = :tenant and e.place = observation.place and e.param = %4$s and %5$s
          union all
          select %3$s from telemetry.shape_entry as e
          where e.tenant = :tenant and e.shape_id = observation.shape_id and e.param = %4$s
            and %5$s) as entry)"""
        .formatted(
            key.descending() ? "max" : "min", own, shared == null ? own : shared, param, kind);
  }

  private static String link(Sort key, SqlParameters parameters) {
    String rows =
        """
        (select %s(e.target_pid) from telemetry.observation_link as e
         where e.tenant = :tenant and e.place = observation.place and e.path = %s)"""
            .formatted(key.descending() ? "max" : "min", parameters.text(key.param()));
    return switch (key.param()) {
      case NewRow.SUBJECT -> "coalesce(" + pid("patient") + ", " + rows + ")";
      case NewRow.DEVICE -> "coalesce(" + pid("device") + ", " + rows + ")";
      default -> rows;
    };
  }

  private static String pid(String column) {
    return """
        (select target.pid from telemetry.target
         where target.tenant = :tenant and target.number = observation.%s)"""
        .formatted(column);
  }
}
