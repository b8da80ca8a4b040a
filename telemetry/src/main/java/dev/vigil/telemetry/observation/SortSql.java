package dev.vigil.telemetry.observation;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** Orders of Observations as SQL. */
final class SortSql {

  private SortSql() {}

  /** A total order. */
  static String order(List<Sort> sort, SqlParameters parameters) {
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
