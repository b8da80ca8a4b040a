package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Versions of one Observation or of all, newest first. */
final class ObservationHistory {

  private static final String SECOND =
      " and telemetry.second_of(updated_at) %1$s telemetry.second_of(%2$s::timestamptz)";

  private final JdbcClient jdbc;
  private final Places places;
  private final StoredRows storedRows;
  private final PackedWeeks packed;

  ObservationHistory(JdbcClient jdbc, StoredRows storedRows, PackedWeeks packed) {
    this.jdbc = jdbc;
    this.packed = packed;
    this.places = new Places(jdbc);
    this.storedRows = storedRows;
  }

  List<StoredObservation> find(int tenant, HistoryQuery query) {
    if (query.limit() == 0) {
      return List.of();
    }
    List<StoredRows.Row> found = List.of();
    if (query.key().isEmpty() && !packed.weeks().isEmpty()) {
      found = find(tenant, query, "telemetry.observation");
    }
    // The newest are seldom packed: blocks are opened only for a page that may reach them.
    if (found.size() < query.limit()
        || !packed.noneSince(found.get(found.size() - 1).state().updatedAt())) {
      found = find(tenant, query, rows(query));
    }
    return storedRows.decode(tenant, found);
  }

  private List<StoredRows.Row> find(int tenant, HistoryQuery query, String current) {
    long reach = query.offset() + query.limit();
    return bind(
            tenant,
            """
                (select %s from %s where %s
                 order by telemetry.second_of(updated_at) desc, updated_at desc, place desc
                 limit :reach)
                union all
                (select %s from telemetry.observation_version where %s
                 order by updated_at desc, key desc, version desc limit :reach)
                order by updated_at desc, key desc, version desc
                limit :limit offset :offset
                """
                .formatted(
                    StoredRows.CURRENT,
                    current,
                    current(tenant, query),
                    StoredRows.VERSION,
                    superseded(query)),
            query)
        .param("reach", reach)
        .param("limit", query.limit())
        .param("offset", query.offset())
        .query((row, n) -> StoredRows.read(row))
        .list();
  }

  /**
   * Current at a moment and not any more, without deletions.
   *
   * @param patients numbers of subjects; null for any
   */
  List<StoredObservation> supersededAt(
      int tenant, Instant at, Collection<Integer> patients, int most) {
    String subject = patients == null ? "" : " and patient = any(:patients)";
    JdbcClient.StatementSpec statement =
        jdbc.sql(
                """
                select %s from telemetry.observation_version
                where tenant = :tenant and not deleted and updated_at <= :at::timestamptz
                  and superseded_at > :at::timestamptz %s
                order by key limit :most
                """
                    .formatted(StoredRows.VERSION, subject))
            .param("tenant", tenant)
            .param("at", TimeColumn.of(at))
            .param("most", most);
    if (patients != null) {
      statement = statement.param("patients", patients.toArray(Integer[]::new), Types.ARRAY);
    }
    return storedRows.decode(tenant, statement.query((row, n) -> StoredRows.read(row)).list());
  }

  long count(int tenant, HistoryQuery query) {
    return bind(
            tenant,
            """
            select (select count(*) from %s where %s)
              + (select count(*) from telemetry.observation_version where %s)
            """
                .formatted(rows(query), current(tenant, query), superseded(query)),
            query)
        .query(Long.class)
        .single();
  }

  private JdbcClient.StatementSpec bind(int tenant, String sql, HistoryQuery query) {
    JdbcClient.StatementSpec statement = jdbc.sql(sql).param("tenant", tenant);
    if (query.key().isPresent()) {
      statement = statement.param("key", query.key().get().value());
    }
    if (query.from() != null) {
      statement = statement.param("from", TimeColumn.of(query.from()));
    }
    return query.to() == null ? statement : statement.param("to", TimeColumn.of(query.to()));
  }

  /** What lies in a block lies at its key. */
  private String rows(HistoryQuery query) {
    if (query.key().isPresent()) {
      return packed.at(List.of(query.key().get().value()));
    }
    List<String> blocks = new ArrayList<>();
    if (query.from() != null && !query.currentAtFrom()) {
      blocks.add("high_updated >= " + TimeColumn.micros(query.from()));
    }
    if (query.to() != null) {
      blocks.add("low_updated <= " + TimeColumn.micros(query.to()));
    }
    return packed.within(0, Week.MAX + 1, blocks);
  }

  private String current(int tenant, HistoryQuery query) {
    StringBuilder where = new StringBuilder("tenant = :tenant");
    query
        .key()
        .ifPresent(
            key -> {
              Long place = places.of(tenant, List.of(key)).get(key);
              where.append(" and ").append(Places.at(List.of(place)));
            });
    if (query.from() != null && !query.currentAtFrom()) {
      where.append(SECOND.formatted(">=", ":from")).append(" and updated_at >= :from::timestamptz");
    }
    if (query.to() != null) {
      where.append(SECOND.formatted("<=", ":to"));
    }
    return to(where, query);
  }

  private static String superseded(HistoryQuery query) {
    StringBuilder where = new StringBuilder("tenant = :tenant");
    if (query.key().isPresent()) {
      where.append(" and key = :key");
    }
    if (query.from() != null && query.currentAtFrom()) {
      where.append(
          " and (updated_at >= :from::timestamptz or superseded_at is null"
              + " or superseded_at > :from::timestamptz)");
    } else if (query.from() != null) {
      where.append(" and updated_at >= :from::timestamptz");
    }
    return to(where, query);
  }

  private static String to(StringBuilder where, HistoryQuery query) {
    return query.to() == null
        ? where.toString()
        : where.append(" and updated_at <= :to::timestamptz").toString();
  }
}
