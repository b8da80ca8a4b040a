package dev.vigil.telemetry.observation;

import dev.vigil.telemetry.observation.Criterion.DateBound;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Where hits of a filter may lie, so that few blocks are opened. Tenant, patient and shape need not
 * be said: PostgreSQL finds them in the statement.
 */
final class PackedFilter {

  /** Others have places between those of a tenant, and most hits are of some shapes only. */
  private static final int PLACES_FOR_A_HIT = 8;

  private static final int GROWTH = 4;

  /** In so long a patient's rows are few. */
  private static final Duration SHORT = Duration.ofDays(1);

  private final NamedParameterJdbcTemplate jdbc;
  private final PackedWeeks packed;
  private final SqlParameters parameters;
  private final List<String> blocks = new ArrayList<>();
  private int fromWeek = 0;
  private int behindWeek = Week.MAX + 1;
  private Instant earliest = Instant.MIN;
  private Instant latest = Instant.MAX;
  private boolean identified;

  private PackedFilter(
      NamedParameterJdbcTemplate jdbc, PackedWeeks packed, SqlParameters parameters) {
    this.jdbc = jdbc;
    this.packed = packed;
    this.parameters = parameters;
  }

  /**
   * Of what has to hold altogether; what stands inside of alternatives narrows nothing.
   *
   * @param parameters of the statements that ask
   */
  static PackedFilter of(
      NamedParameterJdbcTemplate jdbc,
      PackedWeeks packed,
      SqlParameters parameters,
      int tenant,
      Criterion filter) {
    PackedFilter narrow = new PackedFilter(jdbc, packed, parameters);
    narrow.add(tenant, filter);
    return narrow;
  }

  /**
   * Whether one statement may ask for all hits: an identifier is named, or a short time of a
   * patient.
   *
   * @param patient null for any
   */
  boolean few(Integer patient) {
    return identified || patient != null && !earliest.plus(SHORT).isBefore(latest);
  }

  /** All that may hold hits, to stand after {@code from}. */
  String rows() {
    return packed.within(fromWeek, behindWeek, blocks);
  }

  /** The part of it in some weeks. */
  String rows(PlaceRanges.Range range) {
    return packed.within(
        Math.max(fromWeek, range.fromWeek()), Math.min(behindWeek, range.behindWeek()), blocks);
  }

  /** A stretch of places: what stands after {@code from}, and the condition on the place. */
  record Part(String rows, String condition) {}

  /**
   * Asks a range in stretches, one after the other in the order of places, until no more is wanted:
   * the places of a block lie far apart, and blocks without those that are asked for are not
   * opened.
   *
   * @param after only places behind this one
   * @param most so many hits are wanted
   * @param ask looks into a stretch and says whether more is wanted
   */
  void inParts(int tenant, PlaceRanges.Range range, long after, long most, Predicate<Part> ask) {
    int from = Math.max(fromWeek, range.fromWeek());
    int behind = Math.max(from, Math.min(behindWeek, range.behindWeek()));
    long begins = Math.max(Week.place(range.fromWeek()), after + 1);
    for (int week : packed.weeks().subSet(from, behind)) {
      if (Week.place(week + 1) <= begins) {
        continue;
      }
      if (begins < Week.place(week)) {
        if (!ask.test(new Part(packed.rowsOnly(), places(begins, Week.place(week))))) {
          return;
        }
        begins = Week.place(week);
      }
      long size = PLACES_FOR_A_HIT * most;
      long next = firstInBlocks(tenant, week, begins) + size;
      while (begins < Week.place(week + 1)) {
        next = Math.min(next, Week.place(week + 1));
        if (!ask.test(part(week, begins, next))) {
          return;
        }
        begins = next;
        size *= GROWTH;
        next += size;
      }
    }
    if (begins < Week.place(range.behindWeek())) {
      ask.test(new Part(packed.rowsOnly(), places(begins, Week.place(range.behindWeek()))));
    }
  }

  /** From here on, in a week: a block may begin before. The end of the week if there is none. */
  private long firstInBlocks(int tenant, int week, long begins) {
    return jdbc.queryForObject(
        """
        select greatest(:begins, coalesce(min(low_place), :ends)) from telemetry.observation_block
        where tenant = :tenant and week = :week and high_place >= :begins
        """,
        new MapSqlParameterSource("tenant", tenant)
            .addValue("week", week)
            .addValue("begins", begins)
            .addValue("ends", Week.place(week + 1)),
        Long.class);
  }

  private Part part(int week, long begins, long ends) {
    List<String> narrower = new ArrayList<>(blocks);
    narrower.add("high_place >= " + begins);
    narrower.add("low_place < " + ends);
    return new Part(packed.within(week, week + 1, narrower), places(begins, ends));
  }

  private static String places(long begins, long ends) {
    return "observation.place >= " + begins + " and observation.place < " + ends;
  }

  private void add(int tenant, Criterion filter) {
    if (filter instanceof Criterion.All all) {
      all.criteria().forEach(criterion -> add(tenant, criterion));
    } else if (filter instanceof Criterion.Date date && date.param().equals(ShapeIndex.DATE)) {
      date.bounds().forEach(this::add);
    } else if (filter instanceof Criterion.Updated updated) {
      if (updated.from() != null) {
        blocks.add("high_updated >= " + micros(updated.from()));
      }
      if (updated.to() != null) {
        blocks.add("low_updated <= " + micros(updated.to()));
      }
    } else if (filter instanceof Criterion.KeyIn in) {
      // What lies in a block lies at its key.
      List<Long> places = packed.packed(in.keys().stream().map(ObservationKey::value).toList());
      blocks.add(places.isEmpty() ? "false" : PackedWeeks.blocksOf(places));
    } else if (filter instanceof Criterion.Token token
        && token.param().equals(ShapeIndex.IDENTIFIER)
        && token.codes() != null) {
      identified = true;
      if (!packed.weeks().isEmpty() && !inShapes(tenant)) {
        Long[] prefixes =
            token.codes().stream()
                .map(IdentifierHash::of)
                .map(BlockIdentifiers::prefix)
                .distinct()
                .toArray(Long[]::new);
        blocks.add(BlockIdentifiers.blocksOf(parameters.array(prefixes)));
      }
    }
  }

  private String micros(Instant moment) {
    return parameters.big(TimeColumn.micros(moment));
  }

  /** The time of a packed row is a moment, and that lies in the week of the row. */
  private void add(DateBound bound) {
    Instant moment = bound.moment();
    switch (bound.comparison()) {
      case GE, GT -> {
        earliest = earliest.isBefore(moment) ? moment : earliest;
        fromWeek = Math.max(fromWeek, Week.of(moment));
        blocks.add("high_effective >= " + micros(moment));
      }
      case LE, LT -> {
        latest = latest.isAfter(moment) ? moment : latest;
        behindWeek = Math.min(behindWeek, Week.of(moment) + 1);
        blocks.add("low_effective <= " + micros(moment));
      }
    }
  }

  /** Whether a shape tells of an identifier without its row. */
  private boolean inShapes(int tenant) {
    return jdbc.queryForObject(
        """
        select exists (
          select from telemetry.shape_entry
          where tenant = :tenant and param = :param and kind = 'token')
        """,
        new MapSqlParameterSource("tenant", tenant).addValue("param", ShapeIndex.IDENTIFIER),
        Boolean.class);
  }
}
