package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Inserts what a batch of versions needs, one statement for each table. */
final class NewRows {

  private final JdbcClient jdbc;

  NewRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void insert(TenantId tenant, long sequence, List<NewRow> rows) {
    jdbc.sql(
            """
            insert into telemetry.observation (tenant_id, sequence, place, patient, device,
              effective_from, effective_to, value, identifier, updated_at, shape_id, version,
              home_week, leaves, more_values, client_id)
            select :tenant, :sequence, place, patient, device,
              effective_from::timestamptz, effective_to::timestamptz, value, identifier,
              updated_at::timestamptz, shape_id, version, home_week, leaves,
              more_values::double precision[], client_id
            from unnest(:place, :patient, :device, :from, :to, :value, :identifier, :updated,
              :shape, :version, :homeWeek, :leaves, :more, :client) as added (place, patient, device,
              effective_from, effective_to, value, identifier, updated_at, shape_id, version,
              home_week, leaves, more_values, client_id)
            """)
        .param("tenant", tenant.value())
        .param("sequence", sequence)
        .param("place", longs(rows, NewRow::place), Types.ARRAY)
        .param("patient", longs(rows, NewRow::patient), Types.ARRAY)
        .param("device", longs(rows, NewRow::device), Types.ARRAY)
        .param("from", texts(rows, NewRows::from), Types.ARRAY)
        .param("to", texts(rows, NewRows::to), Types.ARRAY)
        .param("value", column(rows, NewRows::value, Double[]::new), Types.ARRAY)
        .param("identifier", longs(rows, NewRow::identifier), Types.ARRAY)
        .param("updated", texts(rows, row -> TimeColumn.of(row.write().updatedAt())), Types.ARRAY)
        .param("shape", column(rows, row -> row.shape().id(), Integer[]::new), Types.ARRAY)
        .param(
            "version",
            column(rows, row -> Math.toIntExact(row.write().version()), Integer[]::new),
            Types.ARRAY)
        .param("homeWeek", column(rows, NewRows::homeWeek, Integer[]::new), Types.ARRAY)
        .param("leaves", column(rows, NewRow::leaves, byte[][]::new), Types.ARRAY)
        .param("more", texts(rows, NewRows::moreValues), Types.ARRAY)
        .param("client", texts(rows, NewRow::clientId), Types.ARRAY)
        .update();
  }

  /** Deletions stay as versions without content. */
  void deletions(TenantId tenant, long sequence, List<ObservationWrite.Delete> deletions) {
    if (deletions.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into telemetry.observation_version (tenant_id, key, version, deleted, client_id,
              patient, updated_at, sequence)
            select :tenant, deletion.key, deletion.version, true, before.client_id, before.patient,
              deletion.at::timestamptz, :sequence
            from unnest(:keys, :versions, :moments) as deletion (key, version, at)
            join telemetry.observation_version as before
              on before.tenant_id = :tenant and before.key = deletion.key
              and before.version = deletion.version - 1
            """)
        .param("tenant", tenant.value())
        .param("sequence", sequence)
        .param("keys", longs(deletions, deletion -> deletion.key().value()), Types.ARRAY)
        .param("versions", longs(deletions, ObservationWrite.Delete::version), Types.ARRAY)
        .param(
            "moments",
            texts(deletions, deletion -> TimeColumn.of(deletion.updatedAt())),
            Types.ARRAY)
        .update();
  }

  void places(TenantId tenant, List<NewRow> rows) {
    List<NewRow> mapped =
        rows.stream().filter(row -> row.mapped() || row.write().version() > 1).toList();
    if (mapped.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into telemetry.observation_place as present (tenant_id, key, id, place)
            select :tenant, key, id, place
            from unnest(:keys, :ids, :places, :mapped) as row (key, id, place, mapped)
            where mapped or exists (
              select from telemetry.observation_place as before
              where before.tenant_id = :tenant and before.key = row.key)
            order by id
            on conflict on constraint observation_place_pk do update set place = excluded.place
            """)
        .param("tenant", tenant.value())
        .param("keys", longs(mapped, row -> row.write().key().value()), Types.ARRAY)
        .param("ids", texts(mapped, row -> row.write().id()), Types.ARRAY)
        .param("places", longs(mapped, NewRow::place), Types.ARRAY)
        .param("mapped", column(mapped, NewRow::mapped, Boolean[]::new), Types.ARRAY)
        .update();
  }

  void crossings(TenantId tenant, List<NewRow> rows) {
    Integer[] weeks =
        rows.stream()
            .filter(NewRow::crossing)
            .map(NewRow::week)
            .distinct()
            .sorted()
            .toArray(Integer[]::new);
    if (weeks.length > 0) {
      jdbc.sql(
              """
              insert into telemetry.observation_crossing (tenant_id, week)
              select :tenant, week from unnest(:weeks) as row (week)
              on conflict on constraint observation_crossing_pk do nothing
              """)
          .param("tenant", tenant.value())
          .param("weeks", weeks, Types.ARRAY)
          .update();
    }
  }

  /**
   * Of two transactions that claim the same criteria the second waits, and fails if the first
   * commits.
   */
  void claim(TenantId tenant, List<ObservationWrite.Put> puts) {
    TreeMap<String, ObservationWrite.Put> claims = new TreeMap<>(); // One order for all writers.
    List<String> urls = new ArrayList<>();
    for (ObservationWrite.Put put : puts) {
      for (String url : put.matchUrls()) {
        claims.put(url, put);
        urls.add(url);
      }
    }
    if (claims.isEmpty()) {
      return;
    }
    urls.sort(null); // One criterion twice in a batch has to fail too.
    jdbc.sql(
            """
            insert into telemetry.observation_match (tenant_id, hash, key, claimed_at)
            select :tenant, hash, key, at::timestamptz
            from unnest(:hashes, :keys, :moments) with ordinality as claim (hash, key, at, n)
            order by n
            """)
        .param("tenant", tenant.value())
        .param("hashes", column(urls, Shape::sha256, byte[][]::new), Types.ARRAY)
        .param("keys", longs(urls, url -> claims.get(url).key().value()), Types.ARRAY)
        .param(
            "moments", texts(urls, url -> TimeColumn.of(claims.get(url).updatedAt())), Types.ARRAY)
        .update();
  }

  /** A changed or deleted Observation may no longer meet what it was created under. */
  void release(TenantId tenant, List<Long> keys) {
    if (!keys.isEmpty()) {
      jdbc.sql(
              """
              delete from telemetry.observation_match
              where tenant_id = :tenant and key = any(:keys)
              """)
          .param("tenant", tenant.value())
          .param("keys", keys.toArray(Long[]::new), Types.ARRAY)
          .update();
    }
  }

  private static String from(NewRow row) {
    return row.write().effective() == null
        ? null
        : TimeColumn.earliest(row.write().effective().from());
  }

  private static String to(NewRow row) {
    ObservationWrite.Effective effective = row.write().effective();
    return effective == null
            || Objects.equals(effective.to(), effective.from()) && effective.to() != null
        ? null
        : TimeColumn.latest(effective.to());
  }

  private static Double value(NewRow row) {
    return row.numbers().length == 0 ? null : row.numbers()[0];
  }

  private static String moreValues(NewRow row) {
    return row.numbers().length < 2
        ? null
        : Arrays.stream(row.numbers())
            .skip(1)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(",", "{", "}"));
  }

  private static Integer homeWeek(NewRow row) {
    int home = row.write().key().homeWeek();
    return home == row.week() ? null : home;
  }

  static <T> Long[] longs(List<T> rows, Function<T, Long> value) {
    return column(rows, value, Long[]::new);
  }

  static <T> String[] texts(List<T> rows, Function<T, String> value) {
    return column(rows, value, String[]::new);
  }

  static <T, V> V[] column(
      List<T> rows, Function<T, V> value, java.util.function.IntFunction<V[]> array) {
    return rows.stream().map(value).toArray(array);
  }
}
