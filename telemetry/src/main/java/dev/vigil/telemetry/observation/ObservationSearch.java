package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Answers queries after what shapes tell is known. Where the order allows it, a few partitions at a
 * time are asked until enough is found, since each costs the planner time.
 */
final class ObservationSearch {

  /** Of more shapes the rows of a patient are sorted instead of merged. */
  private static final int MOST_MERGED = 64;

  private static final String PLACE = "observation.place";
  private static final String GROUP = PLACE + " >> " + Places.GROUP_BITS;
  private static final String FROM = "observation.effective_from";

  private static final Comparator<Hit> NEWEST_FIRST =
      Comparator.comparing((Hit hit) -> hit.position().moment())
          .reversed()
          .thenComparing(Hit::place);

  private record Hit(long place, ObservationPosition position) {}

  private final NamedParameterJdbcTemplate jdbc;
  private final Places places;
  private final FilterPlans plans;
  private final PlaceRanges ranges;
  private final PackedWeeks packed;

  ObservationSearch(
      NamedParameterJdbcTemplate jdbc, FilterPlans plans, PlaceRanges ranges, PackedWeeks packed) {
    this.packed = packed;
    this.jdbc = jdbc;
    this.places = new Places(JdbcClient.create(jdbc));
    this.plans = plans;
    this.ranges = ranges;
  }

  List<ObservationPosition> search(int tenant, ObservationQuery query) {
    Search search = new Search(tenant, query);
    List<Hit> hits = search.run();
    return hits.stream().skip(query.offset()).limit(query.limit()).map(Hit::position).toList();
  }

  long count(int tenant, Criterion filter) {
    SqlParameters parameters = new SqlParameters(tenant);
    FilterSql.Plan plan = plans.of(tenant, filter, parameters);
    String where = String.join(" and ", FilterPlans.conditions(plan, parameters));
    return jdbc.queryForObject(
        "select count(*) from "
            + PackedFilter.of(jdbc, packed, tenant, filter).rows()
            + " where "
            + where,
        parameters.source(),
        Long.class);
  }

  /** One query on its way. */
  private final class Search {

    private final int tenant;
    private final ObservationQuery query;
    private final Sort first;
    private final long enough;
    private final SqlParameters parameters;
    private final FilterSql.Plan plan;
    private final List<String> conditions;
    private final PackedFilter blocks;

    Search(int tenant, ObservationQuery query) {
      this.tenant = tenant;
      this.query = query;
      this.first =
          query.sort().isEmpty() ? new Sort(Sort.By.KEY, null, false) : query.sort().get(0);
      this.enough = query.offset() + query.limit();
      this.parameters = new SqlParameters(tenant);
      this.plan = plans.of(tenant, query.filter(), parameters);
      this.conditions = FilterPlans.conditions(plan, parameters);
      this.blocks = PackedFilter.of(jdbc, packed, tenant, query.filter());
    }

    /** In order, those of the offset included. */
    List<Hit> run() {
      if (plan.shapes() != null && plan.shapes().isEmpty()) {
        return List.of();
      }
      boolean single = query.sort().size() < 2;
      if (single && first.by() == Sort.By.KEY) {
        return byPlace();
      }
      if (single && first.by() == Sort.By.EFFECTIVE && first.descending()) {
        return newest();
      }
      String moment =
          switch (first.by()) {
            case UPDATED -> "observation.updated_at";
            case EFFECTIVE -> FROM;
            default -> null;
          };
      if (query.after() != null) {
        conditions.add(after(moment));
      }
      String order = SortSql.order(query.sort(), parameters);
      if (first.by() == Sort.By.UPDATED) {
        order = "telemetry.second_of(" + moment + ")" + way() + ", " + order;
      }
      if (first.by() == Sort.By.UPDATED && first.descending() && !packed.weeks().isEmpty()) {
        // The newest are seldom packed: blocks are opened only for a page that may reach them.
        List<Hit> newest = hits(statement(packed.rowsOnly(), moment, conditions, order), enough);
        if (newest.size() >= enough
            && packed.noneSince(newest.get((int) enough - 1).position().moment())) {
          return newest;
        }
      }
      return hits(statement(blocks.rows(), moment, conditions, order), enough);
    }

    private String way() {
      return first.descending() ? " desc" : "";
    }

    /** Of a patient all are found first and then sorted, for they are few. */
    private List<Hit> byPlace() {
      if (query.after() != null) {
        conditions.add(PLACE + (first.descending() ? " < " : " > ") + place(query.after().key()));
      }
      String order = PLACE + way();
      if (plan.patient() == null) {
        order = GROUP + way() + ", " + order;
      }
      List<Hit> hits = new ArrayList<>();
      long after = query.after() == null ? -1 : placeOf(query.after().key());
      String byPlace = order;
      for (PlaceRanges.Range range :
          first.descending() ? ranges.descending() : ranges.ascending()) {
        if (hits.size() >= enough) {
          break;
        }
        if (first.descending()) {
          hits.addAll(
              hits(
                  statement(blocks.rows(range), null, within(conditions, range), order),
                  enough - hits.size()));
        } else {
          blocks.inParts(
              tenant,
              range,
              after,
              enough,
              part -> {
                List<String> within = new ArrayList<>(conditions);
                within.add(part.condition());
                hits.addAll(
                    hits(statement(part.rows(), null, within, byPlace), enough - hits.size()));
                return hits.size() < enough;
              });
        }
      }
      return hits;
    }

    /**
     * By effective time; those without one come last. A row lies in the week its time ends in, so
     * what lies before a range cannot have begun in it.
     */
    private List<Hit> newest() {
      List<Hit> hits = new ArrayList<>();
      boolean timed = query.after() == null || query.after().moment() != null;
      if (timed) {
        List<String> having = new ArrayList<>(conditions);
        having.add(query.after() == null ? FROM + " is not null" : before(query.after()));
        for (PlaceRanges.Range range : ranges.descending()) {
          hits.addAll(hits(newest(blocks.rows(range), within(having, range)), enough));
          hits.sort(NEWEST_FIRST);
          if (hits.size() >= enough
              && !hits.get((int) enough - 1).position().moment().isBefore(range.begins())) {
            return hits;
          }
        }
      }
      if (hits.size() < enough) {
        conditions.add(FROM + " is null");
        if (!timed) {
          conditions.add(PLACE + " > " + place(query.after().key()));
        }
        hits.addAll(hits(statement(blocks.rows(), null, conditions, PLACE), enough - hits.size()));
      }
      return hits;
    }

    private static List<String> within(List<String> conditions, PlaceRanges.Range range) {
      List<String> within = new ArrayList<>(conditions);
      within.add(range.condition());
      return within;
    }

    /** The index of a patient has an order for each shape: those are merged. */
    private String newest(String rows, List<String> conditions) {
      String order = FROM + " desc, " + PLACE;
      boolean merged =
          plan.patient() != null && plan.shapes() != null && plan.shapes().size() <= MOST_MERGED;
      if (plan.patient() != null && !merged) {
        return statement(rows, FROM, conditions, order);
      }
      order = "telemetry.hour_of(" + FROM + ") desc, " + order;
      if (!merged) {
        return statement(rows, FROM, conditions, order);
      }
      List<String> each = new ArrayList<>(conditions);
      each.add(FilterSql.SHAPE + " = each.shape");
      return """
          select merged.* from unnest(%s) as each (shape)
          cross join lateral (%s limit %d) as merged
          order by moment desc, place"""
          .formatted(
              FilterPlans.shapes(plan, parameters), statement(rows, FROM, each, order), enough);
    }

    private static String statement(
        String rows, String moment, List<String> conditions, String order) {
      return """
          select place, telemetry.observation_key(place, rare) as key, %s as moment
          from %s
          where %s
          order by %s"""
          .formatted(
              moment == null ? "null::timestamptz" : moment,
              rows,
              String.join(" and ", conditions),
              order);
    }

    private List<Hit> hits(String statement, long limit) {
      return jdbc.query(
          statement + " limit " + limit,
          parameters.source(),
          (row, n) -> {
            OffsetDateTime at = row.getObject("moment", OffsetDateTime.class);
            return new Hit(
                row.getLong("place"),
                new ObservationPosition(
                    at == null ? null : at.toInstant(), new ObservationKey(row.getLong("key"))));
          });
    }

    private String place(ObservationKey key) {
      return parameters.big(placeOf(key));
    }

    private long placeOf(ObservationKey key) {
      return places.of(tenant, List.of(key)).get(key);
    }

    /** Later in the order of the newest first; those without a time are not asked. */
    private String before(ObservationPosition position) {
      String at = parameters.moment(position.moment());
      return """
          telemetry.hour_of(%1$s) <= telemetry.hour_of(%2$s)
            and (%1$s < %2$s or %1$s = %2$s and %3$s > %4$s)"""
          .formatted(FROM, at, PLACE, place(position.key()));
    }

    private String after(String moment) {
      if (query.sort().size() > 1 || moment == null) {
        throw new IllegalArgumentException("a position needs an order by key or one time");
      }
      Instant at = query.after().moment();
      String place = place(query.after().key());
      if (at == null) {
        return "(%s is null and %s > %s)".formatted(moment, PLACE, place);
      }
      return "(%1$s %2$s %3$s or %1$s = %3$s and %4$s > %5$s or %1$s is null)"
          .formatted(moment, first.descending() ? "<" : ">", parameters.moment(at), PLACE, place);
    }
  }
}
