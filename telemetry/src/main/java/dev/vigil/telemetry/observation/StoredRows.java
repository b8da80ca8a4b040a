package dev.vigil.telemetry.observation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rows of current and superseded versions, and the Observations they keep. */
final class StoredRows {

  /** The columns of {@code telemetry.observation} in the order of {@link #VERSION}. */
  static final String CURRENT =
      """
      telemetry.observation_key(place, rare) as key, version, false as deleted,
        telemetry.client_id(rare) as client_id, effective_from, value, identifier, patient, device,
        shape_id, leaves, updated_at, null::timestamptz as superseded_at\
      """;

  /** The same of {@code telemetry.observation_version}. */
  static final String VERSION =
      """
      key, version, deleted, telemetry.client_id(rare) as client_id, effective_from, value, identifier,
        patient, device, shape_id, leaves, updated_at, superseded_at\
      """;

  record Row(
      ObservationState state,
      Instant supersededAt,
      Integer shape,
      byte[] leaves,
      Instant effectiveFrom,
      Double value,
      Long identifier,
      Integer patient,
      Integer device) {}

  private final PostgresShapes shapes;
  private final Targets targets;

  StoredRows(PostgresShapes shapes, Targets targets) {
    this.shapes = shapes;
    this.targets = targets;
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
        moment(row, "effective_from"),
        row.getObject("value", Double.class),
        row.getObject("identifier", Long.class),
        row.getObject("patient", Integer.class),
        row.getObject("device", Integer.class));
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return TimeColumn.read(row.getObject(column, OffsetDateTime.class));
  }

  /** In the order of the rows. */
  List<StoredObservation> decode(int tenant, List<Row> rows) {
    Map<Integer, Shape> known =
        shapes.of(
            tenant,
            rows.stream().map(Row::shape).filter(Objects::nonNull).collect(Collectors.toSet()));
    Map<Integer, Targets.Target> referred =
        targets.byNumber(
            tenant,
            rows.stream()
                .flatMap(row -> Stream.of(row.patient(), row.device()))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet()));
    return rows.stream().map(row -> stored(row, known.get(row.shape()), referred)).toList();
  }

  private static StoredObservation stored(
      Row row, Shape shape, Map<Integer, Targets.Target> referred) {
    Kept kept =
        new Kept(
            row.effectiveFrom(),
            row.value(),
            row.identifier(),
            id(referred.get(row.patient())),
            id(referred.get(row.device())));
    return new StoredObservation(
        row.state(),
        row.supersededAt(),
        shape == null || shape.template().equals(Split.WHOLE) ? null : row.shape(),
        () -> Split.join(shape.template(), Leaves.unpack(row.leaves(), shape, kept)));
  }

  private static String id(Targets.Target target) {
    return target == null ? null : target.id();
  }
}
