package dev.vigil.telemetry.observation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The categories of a tenant's shapes, as they were when this was made. An Observation that is kept
 * whole tells its own.
 */
final class DueShapes {

  private final Map<Integer, Set<String>> categories = new HashMap<>();
  private final Set<Integer> whole = new HashSet<>();

  DueShapes(JdbcClient jdbc, int tenant) {
    jdbc.sql(
            """
            select shape.shape_id, shape.template = :whole as whole,
              coalesce(entry.system, '') || '|' || entry.code as category
            from telemetry.shape
            left join telemetry.shape_entry as entry
              on entry.tenant = shape.tenant and entry.shape_id = shape.shape_id
              and entry.kind = 'token' and entry.param = 'category'
            where shape.tenant = :tenant
            """)
        .param("tenant", tenant)
        .param("whole", Split.WHOLE)
        .query(
            row -> {
              int shape = row.getInt("shape_id");
              Set<String> named = categories.computeIfAbsent(shape, key -> new HashSet<>());
              if (row.getString("category") != null) {
                named.add(row.getString("category"));
              }
              if (row.getBoolean("whole")) {
                whole.add(shape);
              }
            });
  }

  boolean whole(int shape) {
    return whole.contains(shape);
  }

  /** Shapes whose Observations of a week have all been kept long enough. */
  List<Integer> due(Expiry expiry, int week) {
    List<Integer> due = new ArrayList<>();
    categories.forEach(
        (shape, named) -> {
          if (!whole.contains(shape) && due(expiry.days(named), expiry, week)) {
            due.add(shape);
          }
        });
    return due;
  }

  /** Those and the ones whose Observations have to be asked one by one. */
  List<Integer> perhaps(Expiry expiry, int week) {
    List<Integer> shapes = due(expiry, week);
    if (expiry.keepDays().values().stream().anyMatch(days -> week < expiry.firstKept(days))) {
      shapes.addAll(whole);
    }
    return shapes;
  }

  /** Those and the ones that are kept whole, if they tell no category. */
  List<Integer> dueWithoutRowsBeside(Expiry expiry, int week) {
    List<Integer> shapes = due(expiry, week);
    if (due(expiry.days(Set.of()), expiry, week)) {
      shapes.addAll(whole);
    }
    return shapes;
  }

  /** Those and the ones that are due whatever their categories are. */
  List<Integer> certainly(Expiry expiry, int week) {
    List<Integer> shapes = due(expiry, week);
    if (expiry.keepDays().containsKey(Expiry.OTHERS)
        && expiry.keepDays().values().stream().allMatch(days -> week < expiry.firstKept(days))) {
      shapes.addAll(whole);
    }
    return shapes;
  }

  static boolean due(OptionalInt days, Expiry expiry, int week) {
    return days.isPresent() && week < expiry.firstKept(days.getAsInt());
  }
}
