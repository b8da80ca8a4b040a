package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Rows of current and superseded versions, and the Observations they keep. */
final class StoredRows {

  /** The columns of {@code telemetry.observation} in the order of {@link #VERSION}. */
  static final String CURRENT =
      """
      telemetry.observation_key(place, home_week) as key, version, false as deleted, client_id,
        effective_from, shape_id, leaves, updated_at, null::timestamptz as superseded_at\
      """;

  /** The same of {@code telemetry.observation_version}. */
  static final String VERSION =
      """
      key, version, deleted, client_id, effective_from, shape_id, leaves, updated_at, superseded_at\
      """;

  record Row(
      ObservationState state, Instant supersededAt, Integer shape, byte[] leaves, long base) {}

  private final PostgresShapes shapes;

  StoredRows(PostgresShapes shapes) {
    this.shapes = shapes;
  }

  static ObservationState state(ResultSet row) throws SQLException {
    ObservationKey key = new ObservationKey(row.getLong("key"));
    String clientId = row.getString("client_id");
    return new ObservationState(
        key,
        clientId == null ? key.id() : clientId,
        row.getLong("version"),
        moment(row, "updated_at"),
        row.getBoolean("deleted"));
  }

  static Row read(ResultSet row) throws SQLException {
    return new Row(
        state(row),
        moment(row, "superseded_at"),
        row.getObject("shape_id", Integer.class),
        row.getBytes("leaves"),
        TimeColumn.base(moment(row, "effective_from")));
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return TimeColumn.read(row.getObject(column, OffsetDateTime.class));
  }

  /** In the order of the rows. */
  List<StoredObservation> decode(TenantId tenant, List<Row> rows) {
    Map<Integer, Shape> known =
        shapes.of(
            tenant,
            rows.stream().map(Row::shape).filter(Objects::nonNull).collect(Collectors.toSet()));
    return rows.stream().map(row -> stored(row, known.get(row.shape()))).toList();
  }

  private static StoredObservation stored(Row row, Shape shape) {
    return new StoredObservation(
        row.state(),
        row.supersededAt(),
        () -> Split.join(shape.template(), Leaves.unpack(row.leaves(), row.base())));
  }
}
