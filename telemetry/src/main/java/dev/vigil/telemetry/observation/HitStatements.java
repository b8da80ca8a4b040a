package dev.vigil.telemetry.observation;

import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Finds Observations by one statement after another, which share their parameters. */
final class HitStatements {

  static final Comparator<Hit> NEWEST_FIRST =
      Comparator.comparing((Hit hit) -> hit.position().moment())
          .reversed()
          .thenComparing(Hit::place);

  static final Comparator<Hit> OLDEST_FIRST =
      Comparator.comparing((Hit hit) -> hit.position().moment()).thenComparing(Hit::place);

  private final NamedParameterJdbcTemplate jdbc;
  private final SqlParameters parameters;
  private final boolean whole;

  /**
   * @param whole whether contents are asked for
   */
  HitStatements(NamedParameterJdbcTemplate jdbc, SqlParameters parameters, boolean whole) {
    this.jdbc = jdbc;
    this.parameters = parameters;
    this.whole = whole;
  }

  /**
   * What was found.
   *
   * @param row null unless contents were asked for
   */
  record Hit(long place, ObservationPosition position, StoredRows.Row row) {}

  /**
   * The statement that finds some.
   *
   * @param rows to stand after {@code from}
   * @param moment the time they are in the order of; null if it is another order
   */
  String of(String rows, String moment, List<String> conditions, String order) {
    return """
        select place, %s, %s as moment
        from %s
        where %s
        order by %s"""
        .formatted(
            whole ? StoredRows.CURRENT : "telemetry.observation_key(place, rare) as key",
            moment == null ? "null::timestamptz" : moment,
            rows,
            String.join(" and ", conditions),
            order);
  }

  /** What a statement finds, in its order. */
  List<Hit> find(String statement, long limit) {
    return jdbc.query(
        statement + " limit " + limit,
        parameters.source(),
        (row, n) -> {
          OffsetDateTime at = row.getObject("moment", OffsetDateTime.class);
          return new Hit(
              row.getLong("place"),
              new ObservationPosition(
                  at == null ? null : at.toInstant(), new ObservationKey(row.getLong("key"))),
              whole ? StoredRows.read(row) : null);
        });
  }
}
