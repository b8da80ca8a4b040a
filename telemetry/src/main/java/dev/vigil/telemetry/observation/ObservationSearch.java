package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.HitStatements.Hit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Answers queries after what shapes tell is known. Where the order allows it, a few partitions at a
 * time are asked until enough is found, since each costs the planner time.
 */
final class ObservationSearch {

  /** Of more shapes the rows of a patient are sorted instead of merged. */
  private static final int MOST_MERGED = 64;

  /** Of more shapes the newest are not asked one by one. */
  private static final int MOST_SHAPES_OF_A_PATIENT = 256;

  private static final String PLACE = "observation.place";
  private static final String GROUP = PLACE + " >> " + Places.GROUP_BITS;
  private static final String FROM = "observation.effective_from";

  private final NamedParameterJdbcTemplate jdbc;
  private final Places places;
  private final FilterPlans plans;
  private final PlaceRanges ranges;
  private final StoredRows storedRows;
  private final PackedWeeks packed;

  ObservationSearch(
      NamedParameterJdbcTemplate jdbc,
      FilterPlans plans,
      PlaceRanges ranges,
      StoredRows storedRows,
      PackedWeeks packed) {
    this.packed = packed;
    this.jdbc = jdbc;
    this.places = new Places(JdbcClient.create(jdbc));
    this.plans = plans;
    this.ranges = ranges;
    this.storedRows = storedRows;
  }

  List<ObservationPosition> search(int tenant, ObservationQuery query) {
    return hits(tenant, query, false).stream().map(Hit::position).toList();
  }

  /** The same with what was found, as the one statement saw it. */
  List<StoredObservation> find(int tenant, ObservationQuery query) {
    return storedRows.decode(tenant, hits(tenant, query, true).stream().map(Hit::row).toList());
  }

  private List<Hit> hits(int tenant, ObservationQuery query, boolean whole) {
    return new Search(tenant, query, whole)
        .run().stream().skip(query.offset()).limit(query.limit()).toList();
  }

  /**
   * The newest of each shape, newest first. Those without a time come last, by key.
   *
   * @param of the name of the tenant
   * @param max of each shape
   * @return empty unless the criterion names one patient, and shapes in a moderate number
   */
  Optional<List<StoredObservation>> newestOfShapes(
      int tenant, TenantId of, Criterion filter, int max) {
    ObservationQuery newest =
        ObservationQuery.of(of, filter, max).sortedBy(new Sort(Sort.By.EFFECTIVE, null, true));
    return new Search(tenant, newest, true)
        .ofEachShape()
        .map(hits -> storedRows.decode(tenant, hits.stream().map(Hit::row).toList()));
  }

  long count(int tenant, Criterion filter) {
    SqlParameters parameters = new SqlParameters(tenant);
    FilterSql.Plan plan = plans.of(tenant, filter, parameters);
    List<String> conditions = FilterPlans.conditions(plan, parameters);
    if (plan.patient() != null && plan.conditions().isEmpty()) {
      // The number of a patient is one tenant's, so an index alone can tell the rest.
      conditions.remove(FilterPlans.OF_THE_TENANT);
      conditions.add(
          "exists (select from telemetry.target where tenant = :tenant and number = "
              + parameters.number(plan.patient())
              + ")");
    }
    String where = String.join(" and ", conditions);
    return jdbc.queryForObject(
        "select count(*) from "
            + PackedFilter.of(jdbc, packed, parameters, tenant, filter).rows()
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
    private final HitStatements statements;
    private final FilterSql.Plan plan;
    private final List<String> conditions;
    private final PackedFilter blocks;
    private Set<Integer> each;

    Search(int tenant, ObservationQuery query, boolean whole) {
      this.tenant = tenant;
      this.query = query;
      this.first =
          query.sort().isEmpty() ? new Sort(Sort.By.KEY, null, false) : query.sort().get(0);
      this.enough = query.offset() + query.limit();
      this.parameters = new SqlParameters(tenant);
      this.statements = new HitStatements(jdbc, parameters, whole);
      this.plan = plans.of(tenant, query.filter(), parameters);
      this.conditions = FilterPlans.conditions(plan, parameters);
      this.blocks = PackedFilter.of(jdbc, packed, parameters, tenant, query.filter());
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
      if (single && first.by() == Sort.By.EFFECTIVE) {
        if (first.descending()) {
          return newest();
        } else if (query.after() == null) {
          return oldest();
        }
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
        List<Hit> newest =
            statements.find(statements.of(packed.rowsOnly(), moment, conditions, order), enough);
        if (newest.size() >= enough
            && packed.noneSince(newest.get((int) enough - 1).position().moment())) {
          return newest;
        }
      }
      return statements.find(statements.of(blocks.rows(), moment, conditions, order), enough);
    }

    /** Those to be asked one by one, if the hits are of a patient; asked for by few orders. */
    private Set<Integer> each() {
      if (each == null) {
        each =
            plan.shapes() == null
                ? plans.shapes(tenant, MOST_SHAPES_OF_A_PATIENT + 1)
                : plan.shapes();
      }
      return each;
    }

    /** Range after range is asked for those shapes only of which more can come. */
    Optional<List<Hit>> ofEachShape() {
      if (plan.patient() == null || each().size() > MOST_SHAPES_OF_A_PATIENT) {
        return Optional.empty();
      }
      Map<Integer, List<Hit>> found = new HashMap<>();
      Set<Integer> open = new TreeSet<>(each());
      List<String> timed = new ArrayList<>(conditions);
      timed.add(FROM + " is not null");
      String order = "telemetry.hour_of(" + FROM + ") desc, " + FROM + " desc, " + PLACE;
      for (PlaceRanges.Range range : ranges.descending()) {
        collect(blocks.rows(range), FROM, within(timed, range), order, open, found);
        open.removeIf(shape -> isFull(found.get(shape), range));
      }
      List<Hit> hits = new ArrayList<>();
      found.values().forEach(all -> hits.addAll(firstOf(all)));
      hits.sort(HitStatements.NEWEST_FIRST);
      open.removeIf(shape -> found.getOrDefault(shape, List.of()).size() >= enough);
      Map<Integer, List<Hit>> untimed = new HashMap<>();
      List<String> rest = new ArrayList<>(conditions);
      rest.add(FROM + " is null");
      collect(blocks.rows(), null, rest, PLACE, open, untimed);
      untimed.values().stream()
          .flatMap(List::stream)
          .sorted(Comparator.comparing(Hit::place))
          .forEach(hits::add);
      return Optional.of(hits);
    }

    private void collect(
        String rows,
        String moment,
        List<String> conditions,
        String order,
        Set<Integer> open,
        Map<Integer, List<Hit>> found) {
      if (!open.isEmpty()) {
        String shapes = parameters.array(open.toArray(Integer[]::new));
        String each = ofEach(shapes, statements.of(rows, moment, ofOne(conditions), order));
        statements
            .find(each, open.size() * enough)
            .forEach(
                hit ->
                    found.computeIfAbsent(hit.row().shape(), shape -> new ArrayList<>()).add(hit));
      }
    }

    private boolean isFull(List<Hit> hits, PlaceRanges.Range range) {
      List<Hit> newest = hits == null ? List.of() : firstOf(hits);
      return newest.size() == enough
          && !newest.get(newest.size() - 1).position().moment().isBefore(range.begins());
    }

    private List<Hit> firstOf(List<Hit> hits) {
      return hits.stream().sorted(HitStatements.NEWEST_FIRST).limit(enough).toList();
    }

    private static List<String> ofOne(List<String> conditions) {
      List<String> each = new ArrayList<>(conditions);
      each.add(FilterSql.SHAPE + " = each.shape");
      return each;
    }

    private String ofEach(String shapes, String statement) {
      return """
          select merged.* from unnest(%s) as each (shape)
          cross join lateral (%s limit %d) as merged
          order by moment%s, place"""
          .formatted(shapes, statement, enough, way());
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
      if (blocks.few(plan.patient())) {
        return statements.find(statements.of(blocks.rows(), null, conditions, order), enough);
      }
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
              statements.find(
                  statements.of(blocks.rows(range), null, within(conditions, range), order),
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
                    statements.find(
                        statements.of(part.rows(), null, within, byPlace), enough - hits.size()));
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
          hits.addAll(statements.find(timed(blocks.rows(range), within(having, range)), enough));
          hits.sort(HitStatements.NEWEST_FIRST);
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
        hits.addAll(
            statements.find(
                statements.of(blocks.rows(), null, conditions, PLACE), enough - hits.size()));
      }
      return hits;
    }

    private static List<String> within(List<String> conditions, PlaceRanges.Range range) {
      List<String> within = new ArrayList<>(conditions);
      within.add(range.condition());
      return within;
    }

    /**
     * By effective time, the earliest first; those without one come last. What lies behind a range
     * began behind it too, but for the weeks that are noted.
     */
    private List<Hit> oldest() {
      List<String> having = new ArrayList<>(conditions);
      having.add(FROM + " is not null");
      List<Hit> hits = new ArrayList<>();
      for (PlaceRanges.Range range : ranges.ascending()) {
        hits.addAll(statements.find(timed(blocks.rows(range), within(having, range)), enough));
        if (hits.size() >= enough) {
          List<Integer> crossings = plans.crossings(tenant, range.behindWeek() - 1);
          if (crossings.size() <= FilterPlans.MOST_CROSSINGS) {
            if (!crossings.isEmpty()) {
              List<String> crossing = new ArrayList<>(having);
              crossing.add(FilterPlans.weeks(crossings));
              // What lies in a block began in its week, so behind all that was found.
              hits.addAll(statements.find(timed(packed.rowsOnly(), crossing), enough));
            }
            hits.sort(HitStatements.OLDEST_FIRST);
            return hits;
          }
        }
      }
      hits.sort(HitStatements.OLDEST_FIRST);
      if (hits.size() < enough) {
        conditions.add(FROM + " is null");
        hits.addAll(
            statements.find(
                statements.of(blocks.rows(), null, conditions, PLACE), enough - hits.size()));
      }
      return hits;
    }

    /** The index of a patient has an order for each shape: those are merged. */
    private String timed(String rows, List<String> conditions) {
      String order = FROM + way() + ", " + PLACE;
      boolean merged = plan.patient() != null && each().size() <= MOST_MERGED;
      if (plan.patient() != null && !merged) {
        return statements.of(rows, FROM, conditions, order);
      }
      order = "telemetry.hour_of(" + FROM + ")" + way() + ", " + order;
      if (!merged) {
        return statements.of(rows, FROM, conditions, order);
      }
      return ofEach(
          parameters.array(each().toArray(Integer[]::new)),
          statements.of(rows, FROM, ofOne(conditions), order));
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
