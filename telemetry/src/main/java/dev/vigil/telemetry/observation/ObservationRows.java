package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows of Observations for a feature that joins them with a table of its own, without putting their
 * JSON together: which columns to select, what these tell, and single leaves. Tenants are named by
 * their numbers.
 */
public final class ObservationRows {

  /** What to select from {@code telemetry.observation}. */
  public static final String CURRENT =
      """
      telemetry.observation_key(place, rare) as key, version, shape_id, patient, device,
            effective_from, telemetry.effective_until(effective_from, rare) as effective_until,
            value, identifier, updated_at, sequence, telemetry.client_id(rare) as client_id, leaves\
      """;

  /** The same from {@code telemetry.observation_version}. */
  public static final String VERSION =
      """
      key, version, shape_id, patient, device,
            effective_from, telemetry.effective_until(effective_from, rare) as effective_until,
            value, identifier, updated_at, sequence, telemetry.client_id(rare) as client_id, leaves\
      """;

  /**
   * A version with content.
   *
   * @param id its logical id
   * @param device number of the Device or DeviceMetric it came from; null for none
   * @param effectiveUntil the latest moment it is about; null when it does not say
   * @param updatedAt when it was written
   * @param sequence of the event that told of it
   */
  public record Row(
      ObservationKey key,
      String id,
      int shape,
      Integer patient,
      Integer device,
      Instant effectiveFrom,
      Instant effectiveUntil,
      Double value,
      Long identifier,
      Instant updatedAt,
      long sequence,
      byte[] leaves) {

    @Override
    public String toString() {
      return "Row[" + key.id() + "]";
    }
  }

  private final JdbcClient jdbc;
  private final TenantNumbers tenants;
  private final PostgresShapes shapes;
  private final Targets targets;
  private final Places places;
  private final PackedWeeks packed;

  /** On the data source of the transactions that write Observations. */
  public ObservationRows(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
    this.tenants = new TenantNumbers(jdbc);
    this.shapes = new PostgresShapes(dataSource, json -> List.of());
    this.targets = new Targets(jdbc);
    this.places = new Places(jdbc);
    this.packed = new PackedWeeks(jdbc);
  }

  /** The number by which rows name a tenant; one that no row has if it has none yet. */
  public int number(TenantId tenant) {
    return tenants.find(tenant);
  }

  /** The tenants that have any. */
  public List<TenantId> tenants() {
    return jdbc.sql("select tenant_id from telemetry.tenant_number order by number")
        .query((row, n) -> new TenantId(row.getString("tenant_id")))
        .list();
  }

  /** Reads the columns. */
  public static Row read(ResultSet row) throws SQLException {
    ObservationKey key = new ObservationKey(row.getLong("key"));
    String clientId = row.getString("client_id");
    return new Row(
        key,
        clientId == null ? key.id() : clientId,
        row.getInt("shape_id"),
        row.getObject("patient", Integer.class),
        row.getObject("device", Integer.class),
        moment(row, "effective_from"),
        moment(row, "effective_until"),
        row.getObject("value", Double.class),
        row.getObject("identifier", Long.class),
        moment(row, "updated_at"),
        row.getLong("sequence"),
        row.getBytes("leaves"));
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return TimeColumn.read(row.getObject(column, OffsetDateTime.class));
  }

  /** The characters of each leaf, as {@link ShapeSample} counts them. */
  public List<String> leaves(int tenant, Row row) {
    return Leaves.unpack(
        row.leaves(),
        shape(tenant, row),
        new Kept(
            row.effectiveFrom(),
            row.value(),
            row.identifier(),
            id(tenant, row.patient()),
            id(tenant, row.device())));
  }

  /** The JSON as it was written. */
  public String json(int tenant, Row row) {
    return Split.join(shape(tenant, row).template(), leaves(tenant, row));
  }

  private Shape shape(int tenant, Row row) {
    return shapes.of(tenant, Set.of(row.shape())).get(row.shape());
  }

  private String id(int tenant, Integer target) {
    return target == null ? null : targets.byNumber(tenant, Set.of(target)).get(target).id();
  }

  /**
   * What the number of a patient or device stands for, for example {@code DeviceMetric/12}; empty
   * if only an older version wrote of it.
   */
  public Optional<String> reference(int tenant, int number) {
    Targets.Target target = targets.byNumber(tenant, Set.of(number)).get(number);
    return Optional.ofNullable(target.id()).map(id -> target.type() + "/" + id);
  }

  /**
   * A condition on {@code place} that lets the planner leave out partitions, for a statement whose
   * other conditions find times between these moments. It is part of the text, which differs from
   * week to week only.
   */
  public static String within(Instant from, Instant to) {
    return "place >= "
        + Week.place(Week.partitionBegins(Week.of(from)))
        + " and place < "
        + Week.place(Week.partitionEnds(Week.of(to)));
  }

  /** All Observations under a name, to stand after {@code from}. */
  public String all(String alias) {
    return packed.all(alias);
  }

  /** Those at some places, as {@code observation}, to stand after {@code from} with {@link #at}. */
  public String rowsAt(Collection<Long> places) {
    return packed.at(places);
  }

  /**
   * Those whose time ends between two moments, as {@code observation}, to stand after {@code from};
   * others may be among them.
   */
  public String rowsWithin(Instant from, Instant to) {
    return packed.within(
        Week.of(from),
        Week.of(to) + 1,
        List.of(
            "high_effective >= " + TimeColumn.micros(from),
            "low_effective <= " + TimeColumn.micros(to)));
  }

  /** A moment as text that PostgreSQL casts to {@code timestamptz}. */
  public static String moment(Instant moment) {
    return TimeColumn.of(moment);
  }

  /** The first place of the week that a moment lies in. */
  public static long firstPlace(Instant moment) {
    return Week.place(Week.of(moment));
  }

  /** The first place of the week after the one that a moment lies in. */
  public static long placeBehind(Instant moment) {
    return Week.place(Week.of(moment) + 1);
  }

  /** Keys by logical id; those that never were may be among them. */
  public Map<String, ObservationKey> keys(int tenant, Collection<String> ids) {
    Map<String, ObservationKey> keys = new HashMap<>();
    List<String> foreign = new ArrayList<>();
    for (String id : ids) {
      ObservationKey.ofId(id).ifPresentOrElse(key -> keys.put(id, key), () -> foreign.add(id));
    }
    if (!foreign.isEmpty()) {
      jdbc.sql(
              """
              select id, key from telemetry.observation_place
              where tenant = :tenant and id = any(:ids)
              """)
          .param("tenant", tenant)
          .param("ids", foreign.toArray(String[]::new), Types.ARRAY)
          .query(
              row -> {
                keys.put(row.getString("id"), new ObservationKey(row.getLong("key")));
              });
    }
    return keys;
  }

  /** Where the newest versions lie. */
  public Map<ObservationKey, Long> places(int tenant, Collection<ObservationKey> keys) {
    return places.of(tenant, keys);
  }

  /** The condition that a row lies at one of the places. */
  public static String at(Collection<Long> places) {
    return Places.at(places);
  }

  /** Whether any version of any Observation has a shape. */
  public boolean anyOf(int tenant, int shape) {
    return jdbc.sql(
            """
            select exists (select from %s
                where tenant = :tenant and shape_id = :shape)
              or exists (select from telemetry.observation_version
                where tenant = :tenant and shape_id = :shape)
            """
                .formatted(packed.all()))
        .param("tenant", tenant)
        .param("shape", shape)
        .query(Boolean.class)
        .single();
  }

  /** Some Observations of a shape, at most that many. */
  public List<String> some(int tenant, int shape, int most) {
    return jdbc
        .sql(
            """
            (select %s from %s
              where tenant = :tenant and shape_id = :shape limit :most)
            union all
            (select %s from telemetry.observation_version
              where tenant = :tenant and shape_id = :shape limit :most)
            limit :most
            """
                .formatted(CURRENT, packed.all(), VERSION))
        .param("tenant", tenant)
        .param("shape", shape)
        .param("most", most)
        .query((row, n) -> read(row))
        .list()
        .stream()
        .map(row -> json(tenant, row))
        .toList();
  }
}
