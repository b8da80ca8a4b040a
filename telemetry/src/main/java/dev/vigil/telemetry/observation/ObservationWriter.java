package dev.vigil.telemetry.observation;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
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
  private final Targets targets;
  private final SideRows sideRows;
  private final IndexExtractor extractor;
  private final ShapeListener listener;
  private final NewRows newRows;
  private final RowCopy rowCopy;
  private final PackedWeeks packed;

  ObservationWriter(
      DataSource dataSource,
      PostgresShapes shapes,
      ObservationPartitions partitions,
      Targets targets,
      PackedWeeks packed,
      IndexExtractor extractor,
      ShapeListener listener) {
    this.packed = packed;
    this.targets = targets;
    NamedParameterJdbcTemplate batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.shapes = shapes;
    this.partitions = partitions;
    this.places = new Places(jdbc);
    this.sideRows = new SideRows(batches);
    this.newRows = new NewRows(jdbc);
    this.rowCopy = new RowCopy(dataSource);
    this.extractor = extractor;
    this.listener = listener;
  }

  void told(int tenant, long sequence, Collection<ObservationKey> keys) {
    newRows.told(tenant, sequence, keys, places.of(tenant, keys).values());
  }

  void record(int tenant, long sequence, List<ObservationWrite> writes) {
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
      throw taken();
    }
  }

  private void recordBatch(int tenant, long sequence, List<ObservationWrite> writes) {
    List<ObservationWrite.Put> puts = new ArrayList<>();
    List<Split> splitOf = new ArrayList<>();
    Map<String, PostgresShapes.Example> examples = new LinkedHashMap<>();
    for (ObservationWrite write : writes) {
      if (write instanceof ObservationWrite.Put put) {
        refuseForeignId(put);
        Split split = Split.of(put.json());
        puts.add(put);
        splitOf.add(split);
        examples.putIfAbsent(split.template(), new PostgresShapes.Example(split, put.json()));
      }
    }
    supersede(tenant, sequence, writes.stream().filter(write -> write.version() > 1).toList());
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
    requireNew(
        tenant, puts.stream().filter(put -> put.version() == 1).map(put -> put.key()).toList());
    Map<String, Shape> shapeOf = shapes.of(tenant, examples);
    List<Versioned> versions = new ArrayList<>();
    for (int i = 0; i < puts.size(); i++) {
      ObservationWrite.Put put = puts.get(i);
      Shape shape = shapeOf.get(splitOf.get(i).template());
      listener.written(tenant, sequence, shape.id(), put.json());
      versions.add(
          new Versioned(
              sequence,
              NewRow.Version.of(put),
              new NewRow.Content(shape, splitOf.get(i).leaves()),
              shape.index().covered()
                  ? List.of()
                  : shape.index().own(extractor.entries(put.json()))));
    }
    newRows.claim(tenant, puts);
    rowCopy.insert(rows(tenant, versions));
  }

  /** New Observations of known shapes, of several tenants and events. */
  void append(Map<Integer, List<NewObservation.Message>> messagesOf) {
    List<NewRow> rows = new ArrayList<>();
    messagesOf.forEach(
        (tenant, messages) -> {
          List<Versioned> versions = new ArrayList<>();
          for (NewObservation.Message message : messages) {
            for (NewObservation added : message.observations()) {
              versions.add(
                  new Versioned(
                      message.sequence(),
                      NewRow.Version.of(added),
                      new NewRow.Content(added.shape().shape(), added.leaves()),
                      added.entries()));
            }
          }
          rows.addAll(rows(tenant, versions));
        });
    rowCopy.insert(rows);
  }

  private record Versioned(
      long sequence, NewRow.Version version, NewRow.Content content, List<IndexEntry> entries) {}

  /** The rows of versions; what belongs beside them is written. */
  private List<NewRow> rows(int tenant, List<Versioned> versions) {
    List<ObservationLink> referred = new ArrayList<>();
    for (Versioned versioned : versions) {
      Stream.of(versioned.version().patient(), versioned.version().device())
          .filter(Objects::nonNull)
          .forEach(referred::add);
    }
    Map<Long, Targets.Target> targetOf = targets.of(tenant, referred);
    List<NewRow> rows = new ArrayList<>();
    Set<Integer> weeks = new HashSet<>();
    for (Versioned it : versions) {
      NewRow row =
          NewRow.of(tenant, it.sequence(), it.version(), it.content(), targetOf, it.entries());
      rows.add(row);
      weeks.add(row.week());
    }
    partitions.ensure(weeks);
    newRows.places(tenant, rows);
    newRows.crossings(tenant, rows);
    sideRows.insert(tenant, rows);
    return rows;
  }

  /** Of a new Observation the database cannot tell that its key is new: no index is unique. */
  private void requireNew(int tenant, List<ObservationKey> keys) {
    Collection<Long> at = places.of(tenant, keys).values();
    boolean present =
        jdbc.sql(
                """
                select exists (select from %s where tenant = :tenant and %s)
                  or exists (
                    select from telemetry.observation_version
                    where tenant = :tenant and key = any(:keys))
                """
                    .formatted(packed.at(at), Places.at(at)))
            .param("tenant", tenant)
            .param("keys", ObservationReader.values(keys), Types.ARRAY)
            .query(Boolean.class)
            .single();
    if (present) {
      throw stale();
    }
  }

  private static ProblemException taken() {
    return new ProblemException(
        Problem.conflict("Observation", "was written by another request at the same time"));
  }

  private static void refuseForeignId(ObservationWrite.Put put) {
    if (!put.id().equals(put.key().id()) && ObservationKey.ofId(put.id()).isPresent()) {
      throw new ProblemException(
          Problem.invalid("Observation.id", "has the form of an id that this server assigns"));
    }
  }

  /** Moves the versions before these to the history, or finds the deletion that was the newest. */
  private void supersede(int tenant, long sequence, List<ObservationWrite> writes) {
    if (writes.isEmpty()) {
      return;
    }
    Map<ObservationKey, Long> placeOf =
        places.of(tenant, writes.stream().map(ObservationWrite::key).toList());
    Long[] old = writes.stream().map(write -> placeOf.get(write.key())).toArray(Long[]::new);
    Map<Long, Long> versionBefore = new LinkedHashMap<>();
    writes.forEach(write -> versionBefore.put(write.key().value(), write.version() - 1));
    List<Long> moved = move(tenant, sequence, writes, placeOf, versionBefore);
    // Those that are missing may be packed; now that the partition is ours they cannot become so.
    if (!versionBefore.isEmpty()
        && packed.unpack(
            tenant,
            placeOf.entrySet().stream()
                .filter(one -> versionBefore.containsKey(one.getKey().value()))
                .map(Map.Entry::getValue)
                .toList())) {
      moved.addAll(move(tenant, sequence, writes, placeOf, versionBefore));
    }
    sideRows.delete(tenant, old);
    newRows.release(tenant, moved);
    if (!versionBefore.isEmpty()) {
      revive(tenant, sequence, writes, versionBefore);
    }
  }

  /** Moves what lies in rows. */
  private List<Long> move(
      int tenant,
      long sequence,
      List<ObservationWrite> writes,
      Map<ObservationKey, Long> placeOf,
      Map<Long, Long> versionBefore) {
    return new ArrayList<>(
        jdbc.sql(
                """
                with gone as (
                  delete from telemetry.observation
                  where tenant = :tenant and %s
                  returning *)
                insert into telemetry.observation_version (tenant, key, version, deleted, patient,
                  device, shape_id, effective_from, value, identifier, updated_at, superseded_at,
                  sequence, superseded_sequence, rare, leaves)
                select tenant, telemetry.observation_key(place, rare), version, false, patient,
                  device, shape_id, effective_from, value, identifier, updated_at,
                  next.at::timestamptz, sequence, :sequence, rare, leaves
                from gone
                join unnest(:places, :moments) as next (place, at) using (place)
                returning key, version
                """
                    .formatted(Places.at(placeOf.values())))
            .param("tenant", tenant)
            .param(
                "places",
                writes.stream().map(write -> placeOf.get(write.key())).toArray(Long[]::new),
                Types.ARRAY)
            .param("moments", moments(writes), Types.ARRAY)
            .param("sequence", sequence)
            .query(
                (row, n) -> {
                  long key = row.getLong("key");
                  if (versionBefore.remove(key) != row.getLong("version")) {
                    throw stale();
                  }
                  return key;
                })
            .list());
  }

  private void revive(
      int tenant, long sequence, List<ObservationWrite> writes, Map<Long, Long> versionBefore) {
    List<ObservationWrite> revived =
        writes.stream().filter(write -> versionBefore.containsKey(write.key().value())).toList();
    int found =
        jdbc.sql(
                """
                update telemetry.observation_version as deletion
                set superseded_at = next.at::timestamptz, superseded_sequence = :sequence
                from unnest(:keys, :versions, :moments) as next (key, version, at)
                where tenant = :tenant and deletion.key = next.key
                  and deletion.version = next.version and deleted and superseded_at is null
                """)
            .param("tenant", tenant)
            .param(
                "keys",
                revived.stream().map(write -> write.key().value()).toArray(Long[]::new),
                Types.ARRAY)
            .param(
                "versions",
                revived.stream().map(write -> write.version() - 1).toArray(Long[]::new),
                Types.ARRAY)
            .param("moments", moments(revived), Types.ARRAY)
            .param("sequence", sequence)
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
