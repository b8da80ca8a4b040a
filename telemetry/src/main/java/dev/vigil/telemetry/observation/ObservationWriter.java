package dev.vigil.telemetry.observation;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Writes versions and deletions: first the old versions go to the history, then the new ones come.
 */
final class ObservationWriter {

  private final JdbcClient jdbc;
  private final PostgresShapes shapes;
  private final ObservationPartitions partitions;
  private final Places places;
  private final SideRows sideRows;
  private final IndexExtractor extractor;
  private final NewRows newRows;

  ObservationWriter(
      DataSource dataSource,
      PostgresShapes shapes,
      ObservationPartitions partitions,
      IndexExtractor extractor) {
    NamedParameterJdbcTemplate batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.shapes = shapes;
    this.partitions = partitions;
    this.places = new Places(jdbc);
    this.sideRows = new SideRows(batches);
    this.newRows = new NewRows(jdbc);
    this.extractor = extractor;
  }

  void record(TenantId tenant, long sequence, List<ObservationWrite> writes) {
    Map<ObservationKey, ObservationWrite> batch = new LinkedHashMap<>();
    try {
      for (ObservationWrite write : writes) {
        if (batch.containsKey(write.key())) { // A second version of one in the same transaction.
          recordBatch(tenant, sequence, List.copyOf(batch.values()));
          batch.clear();
        }
        batch.put(write.key(), write);
      }
      recordBatch(tenant, sequence, List.copyOf(batch.values()));
    } catch (DuplicateKeyException e) {
      throw new ProblemException(
          Problem.conflict("Observation", "was written by another request at the same time"));
    }
  }

  private void recordBatch(TenantId tenant, long sequence, List<ObservationWrite> writes) {
    List<ObservationWrite.Put> puts = new ArrayList<>();
    Map<Split, String> splits = new LinkedHashMap<>();
    List<Split> splitOf = new ArrayList<>();
    for (ObservationWrite write : writes) {
      if (write instanceof ObservationWrite.Put put) {
        refuseForeignId(put);
        Split split = Split.of(put.json());
        puts.add(put);
        splitOf.add(split);
        splits.put(split, put.json());
      }
    }
    supersede(tenant, writes.stream().filter(write -> write.version() > 1).toList());
    newRows.deletions(
        tenant,
        sequence,
        writes.stream()
            .filter(ObservationWrite.Delete.class::isInstance)
            .map(ObservationWrite.Delete.class::cast)
            .toList());
    if (puts.isEmpty()) {
      return;
    }
    Map<String, Shape> shapeOf = shapes.of(tenant, splits);
    List<NewRow> rows = new ArrayList<>();
    for (int i = 0; i < puts.size(); i++) {
      Split split = splitOf.get(i);
      rows.add(NewRow.of(puts.get(i), split, shapeOf.get(split.template()), extractor));
    }
    Set<Integer> weeks = new HashSet<>();
    rows.forEach(row -> weeks.add(row.week()));
    partitions.ensure(weeks);
    newRows.claim(tenant, puts);
    newRows.places(tenant, rows);
    newRows.crossings(tenant, rows);
    newRows.insert(tenant, sequence, rows);
    sideRows.insert(tenant, rows);
  }

  private static void refuseForeignId(ObservationWrite.Put put) {
    if (!put.id().equals(put.key().id()) && ObservationKey.ofId(put.id()).isPresent()) {
      throw new ProblemException(
          Problem.invalid("Observation.id", "has the form of an id that this server assigns"));
    }
  }

  /** Moves the versions before these to the history, or finds the deletion that was the newest. */
  private void supersede(TenantId tenant, List<ObservationWrite> writes) {
    if (writes.isEmpty()) {
      return;
    }
    Map<ObservationKey, Long> placeOf =
        places.of(tenant, writes.stream().map(ObservationWrite::key).toList());
    Long[] old = writes.stream().map(write -> placeOf.get(write.key())).toArray(Long[]::new);
    Map<Long, Long> versionBefore = new LinkedHashMap<>();
    writes.forEach(write -> versionBefore.put(write.key().value(), write.version() - 1));
    List<Long> moved =
        jdbc.sql(
                """
                with gone as (
                  delete from telemetry.observation
                  where tenant_id = :tenant and place = any(:places) and %s
                  returning *)
                insert into telemetry.observation_version (tenant_id, key, version, deleted,
                  client_id, patient, effective_from, shape_id, leaves, updated_at, superseded_at,
                  sequence)
                select tenant_id, telemetry.observation_key(place, home_week), version, false,
                  client_id, patient, effective_from, shape_id, leaves, updated_at,
                  next.at::timestamptz, sequence
                from gone
                join unnest(:places, :moments) as next (place, at) using (place)
                returning key, version
                """
                    .formatted(Places.within(placeOf.values())))
            .param("tenant", tenant.value())
            .param("places", old, Types.ARRAY)
            .param("moments", moments(writes), Types.ARRAY)
            .query(
                (row, n) -> {
                  long key = row.getLong("key");
                  if (versionBefore.remove(key) != row.getLong("version")) {
                    throw stale();
                  }
                  return key;
                })
            .list();
    sideRows.delete(tenant, old);
    newRows.release(tenant, moved);
    if (!versionBefore.isEmpty()) {
      revive(tenant, writes, versionBefore);
    }
  }

  private void revive(
      TenantId tenant, List<ObservationWrite> writes, Map<Long, Long> versionBefore) {
    List<ObservationWrite> revived =
        writes.stream().filter(write -> versionBefore.containsKey(write.key().value())).toList();
    int found =
        jdbc.sql(
                """
                update telemetry.observation_version as deletion
                set superseded_at = next.at::timestamptz
                from unnest(:keys, :versions, :moments) as next (key, version, at)
                where tenant_id = :tenant and deletion.key = next.key
                  and deletion.version = next.version and deleted and superseded_at is null
                """)
            .param("tenant", tenant.value())
            .param(
                "keys",
                revived.stream().map(write -> write.key().value()).toArray(Long[]::new),
                Types.ARRAY)
            .param(
                "versions",
                revived.stream().map(write -> write.version() - 1).toArray(Long[]::new),
                Types.ARRAY)
            .param("moments", moments(revived), Types.ARRAY)
            .update();
    if (found != revived.size()) {
      throw stale();
    }
  }

  private static String[] moments(List<ObservationWrite> writes) {
    return writes.stream().map(write -> TimeColumn.of(write.updatedAt())).toArray(String[]::new);
  }

  private static ProblemException stale() {
    return new ProblemException(
        Problem.conflict("Observation.meta.versionId", "another version was written meanwhile"));
  }
}
