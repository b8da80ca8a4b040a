package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes what a batch of versions needs beside their rows, one statement for each table. */
final class NewRows {

  private final JdbcClient jdbc;

  NewRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Names the event that told of versions and of what they replaced. */
  void told(int tenant, long sequence, Collection<ObservationKey> keys, Collection<Long> places) {
    if (keys.isEmpty()) {
      return;
    }
    Long[] values = keys.stream().map(ObservationKey::value).toArray(Long[]::new);
    jdbc.sql(
            """
            update telemetry.observation set sequence = :sequence
            where tenant = :tenant and sequence = 0 and %s
            """
                .formatted(Places.at(places)))
        .param("sequence", sequence)
        .param("tenant", tenant)
        .update();
    jdbc.sql(
            """
            update telemetry.observation_version
            set sequence = case sequence when 0 then :sequence else sequence end,
              superseded_sequence
                = case superseded_sequence when 0 then :sequence else superseded_sequence end
            where tenant = :tenant and key = any(:keys) and (sequence = 0 or superseded_sequence = 0)
            """)
        .param("sequence", sequence)
        .param("tenant", tenant)
        .param("keys", values, Types.ARRAY)
        .update();
  }

  /** Deletions stay as versions without content. */
  void deletions(int tenant, long sequence, List<ObservationWrite.Delete> deletions) {
    if (deletions.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into telemetry.observation_version (tenant, key, version, deleted, rare, patient,
              updated_at, sequence)
            select :tenant, deletion.key, deletion.version, true, before.rare, before.patient,
              deletion.at::timestamptz, :sequence
            from unnest(:keys, :versions, :moments) as deletion (key, version, at)
            join telemetry.observation_version as before
              on before.tenant = :tenant and before.key = deletion.key
              and before.version = deletion.version - 1
            """)
        .param("tenant", tenant)
        .param("sequence", sequence)
        .param("keys", longs(deletions, deletion -> deletion.key().value()), Types.ARRAY)
        .param("versions", longs(deletions, ObservationWrite.Delete::version), Types.ARRAY)
        .param(
            "moments",
            texts(deletions, deletion -> TimeColumn.of(deletion.updatedAt())),
            Types.ARRAY)
        .update();
  }

  void places(int tenant, List<NewRow> rows) {
    List<NewRow> mapped =
        rows.stream().filter(row -> row.mapped() || row.version().number() > 1).toList();
    if (mapped.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into telemetry.observation_place as present (tenant, key, id, place)
            select :tenant, key, id, place
            from unnest(:keys, :ids, :places, :mapped) as row (key, id, place, mapped)
            where mapped or exists (
              select from telemetry.observation_place as before
              where before.tenant = :tenant and before.key = row.key)
            order by id
            on conflict on constraint observation_place_pk do update set place = excluded.place
            """)
        .param("tenant", tenant)
        .param("keys", longs(mapped, row -> row.version().key().value()), Types.ARRAY)
        .param("ids", texts(mapped, row -> row.version().id()), Types.ARRAY)
        .param("places", longs(mapped, NewRow::place), Types.ARRAY)
        .param("mapped", column(mapped, NewRow::mapped, Boolean[]::new), Types.ARRAY)
        .update();
  }

  void crossings(int tenant, List<NewRow> rows) {
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
              insert into telemetry.observation_crossing (tenant, week)
              select :tenant, week from unnest(:weeks) as row (week)
              on conflict on constraint observation_crossing_pk do nothing
              """)
          .param("tenant", tenant)
          .param("weeks", weeks, Types.ARRAY)
          .update();
    }
  }

  /**
   * Of two transactions that claim the same criteria the second waits, and fails if the first
   * commits.
   */
  void claim(int tenant, List<ObservationWrite.Put> puts) {
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
            insert into telemetry.observation_match (tenant, hash, key, claimed_at)
            select :tenant, hash, key, at::timestamptz
            from unnest(:hashes, :keys, :moments) with ordinality as claim (hash, key, at, n)
            order by n
            """)
        .param("tenant", tenant)
        .param("hashes", column(urls, Shape::sha256, byte[][]::new), Types.ARRAY)
        .param("keys", longs(urls, url -> claims.get(url).key().value()), Types.ARRAY)
        .param(
            "moments", texts(urls, url -> TimeColumn.of(claims.get(url).updatedAt())), Types.ARRAY)
        .update();
  }

  /** A changed or deleted Observation may no longer meet what it was created under. */
  void release(int tenant, List<Long> keys) {
    if (!keys.isEmpty()) {
      jdbc.sql(
              """
              delete from telemetry.observation_match
              where tenant = :tenant and key = any(:keys)
              """)
          .param("tenant", tenant)
          .param("keys", keys.toArray(Long[]::new), Types.ARRAY)
          .update();
    }
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
