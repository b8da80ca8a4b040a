package dev.vigil.telemetry.reading;

import dev.vigil.core.Code;
import dev.vigil.core.Metric;
import dev.vigil.core.Quantity;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.intake.MeasuredValue;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.observation.ObservationRows;
import dev.vigil.terminology.metric.MetricCatalog;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Finds readings: rows of Observations, read by what {@code telemetry.shape_reading} says. */
final class ReadingRows {

  /** Rows held at once of a statement that finds many. */
  private static final int FETCH = 5_000;

  private static final String SHAPE =
      "shape.from_sequence, shape.ordinal, shape.metric, shape.leaf, shape.unit,"
          + " shape.code_system, shape.code, shape.quality, shape.spans";

  /** Each stretch meets the shapes of its metric and those that have to be asked. */
  private static final String STRETCHES =
      """
      from unnest(cast(:tenantIds as text[]), cast(:tenants as smallint[]),
          cast(:patients as text[]), cast(:metrics as text[]), cast(:froms as timestamptz[]),
          cast(:tos as timestamptz[]), cast(:lows as bigint[]), cast(:highs as bigint[]))
          with ordinality
        as wanted (tenant_id, tenant, patient_id, metric, from_at, to_at, low, high, n)
      join telemetry.target as patient
        on patient.tenant = wanted.tenant and patient.type = 'Patient'
        and patient.id = wanted.patient_id
      join telemetry.shape_reading as shape
        on shape.tenant = wanted.tenant and shape.metric in (wanted.metric, '*')
      """;

  /** The Observations of an erased person are deleted after the key: nobody sees them meanwhile. */
  private static final String NOT_ERASED =
      """
      where not exists (
        select from telemetry.person_key as gone
        where gone.tenant_id = wanted.tenant_id and gone.patient_id = wanted.patient_id
          and gone.destroyed_at is not null)
      """;

  /**
   * The sum keeps the planner from the index of a tenant's hours, which it takes for a small one.
   */
  private static final String OF_SHAPE =
      """
      tenant + 0 = wanted.tenant and patient = patient.number and shape_id = shape.shape_id
            and sequence >= shape.from_sequence and sequence < shape.before_sequence
            and sequence <= :upTo\
      """;

  /** The offset keeps the planner from taking the shapes' rows of all time first. */
  private static final String ROWS =
      """
      cross join lateral (
        (select CURRENT, cast(null as bigint) as replaced from OBSERVATIONS
          where not shape.spans and OF_SHAPE
            and place >= wanted.low and place < wanted.high and WITHIN
            and telemetry.hour_of(effective_from) >= telemetry.hour_of(wanted.from_at)
            and telemetry.hour_of(effective_from) <= telemetry.hour_of(wanted.to_at)
            and effective_from >= wanted.from_at and effective_from <= wanted.to_at)
        union all
        (select CURRENT, null from OBSERVATIONS
          where shape.spans and OF_SHAPE
            and place >= wanted.low and place < wanted.high and WITHIN
            and telemetry.effective_until(effective_from, rare) >= wanted.from_at
            and telemetry.effective_until(effective_from, rare) <= wanted.to_at)
        REPLACED
        offset 0) as row
      """;

  /** What was replaced or deleted after an event. */
  private static final String REPLACED =
      """
      union all
        (select VERSION, superseded_sequence from telemetry.observation_version
          where OF_SHAPE and superseded_sequence > :replacedAfter
            and telemetry.effective_until(effective_from, rare) >= wanted.from_at
            and telemetry.effective_until(effective_from, rare) <= wanted.to_at)
      """;

  private final NamedParameterJdbcTemplate jdbc;
  private final ObservationRows rows;
  private final MetricCatalog catalog;

  ReadingRows(DataSource dataSource, ObservationRows rows, MetricCatalog catalog) {
    JdbcTemplate template = new JdbcTemplate(dataSource);
    template.setFetchSize(FETCH);
    this.jdbc = new NamedParameterJdbcTemplate(template);
    this.rows = rows;
    this.catalog = catalog;
  }

  /**
   * Readings of stretches as the log had told them by an event: by stretch, then in {@link
   * FoundReading#ORDER}.
   *
   * @param upTo the event's sequence
   * @param replaced whether also what was replaced or deleted after it; else what is there still
   * @param taker gets what is in one stretch at a time; nothing for one that has none
   */
  void scan(
      List<SignalStretch> stretches,
      long upTo,
      boolean replaced,
      Consumer<List<FoundReading>> taker) {
    scan(sql(stretches, replaced), parameters(stretches, upTo, upTo), stretches, taker);
  }

  /**
   * Readings of stretches as the log had told them by any of some events, in that order too.
   *
   * @param first sequence of the first of these events
   * @param last sequence of the last one
   * @param taker gets what is in one stretch at a time; nothing for one that has none
   */
  void scan(
      List<SignalStretch> stretches, long first, long last, Consumer<List<FoundReading>> taker) {
    scan(sql(stretches, true), parameters(stretches, last, first), stretches, taker);
  }

  private void scan(
      String sql,
      MapSqlParameterSource parameters,
      List<SignalStretch> stretches,
      Consumer<List<FoundReading>> taker) {
    List<FoundReading> found = new ArrayList<>();
    Map<ShapeKey, ShapeReading> shapes = new HashMap<>();
    Runnable hand =
        () -> {
          if (!found.isEmpty()) {
            found.sort(FoundReading.ORDER);
            taker.accept(List.copyOf(found));
            found.clear();
          }
        };
    jdbc.query(
        sql + (stretches.size() == 1 ? "" : " order by wanted.n"),
        parameters,
        row -> {
          int n = row.getInt("n") - 1;
          if (!found.isEmpty() && found.get(0).n() != n) {
            hand.run();
          }
          found.addAll(
              read(
                  row,
                  n,
                  rows.number(stretches.get(n).tenant()),
                  stretches.get(n).metric(),
                  replaced(row),
                  shapes));
        });
    hand.run();
  }

  /** The oldest of one stretch. */
  List<FoundReading> first(SignalStretch stretch, long upTo, boolean replaced, int most) {
    List<FoundReading> found = new ArrayList<>();
    boolean[] asked = {false};
    Map<ShapeKey, ShapeReading> shapes = new HashMap<>();
    jdbc.query(
        sql(List.of(stretch), replaced)
            + " order by effective_until, sequence, key, ordinal limit :most",
        parameters(List.of(stretch), upTo, upTo).addValue("most", most),
        row -> {
          asked[0] |= row.getString("metric").equals(ShapeReading.ASK);
          found.addAll(
              read(row, 0, rows.number(stretch.tenant()), stretch.metric(), replaced(row), shapes));
        });
    if (asked[0]) { // Its rows give any number of readings, so the limit may have cut off too many.
      List<FoundReading> all = new ArrayList<>();
      scan(List.of(stretch), upTo, replaced, all::addAll);
      return all.subList(0, Math.min(most, all.size()));
    }
    found.sort(FoundReading.ORDER);
    return found;
  }

  /** The readings that some versions of Observations gave, in no order; deletions give none. */
  List<FoundReading> ofVersions(TenantId tenant, Collection<Version> versions) {
    List<FoundReading> found = new ArrayList<>();
    Map<ShapeKey, ShapeReading> shapes = new HashMap<>();
    jdbc.query(
        """
        select %s, row.*
        from unnest(cast(:keys as bigint[]), cast(:versions as integer[])) as wanted (key, version)
        cross join lateral (
          select %s from telemetry.observation_version
          where tenant = :tenant and observation_version.key = wanted.key
            and observation_version.version = wanted.version and not deleted
            and patient is not null) as row
        join telemetry.shape_reading as shape
          on shape.tenant = :tenant and shape.shape_id = row.shape_id
          and row.sequence >= shape.from_sequence and row.sequence < shape.before_sequence
        """
            .formatted(SHAPE, ObservationRows.VERSION),
        new MapSqlParameterSource("tenant", rows.number(tenant))
            .addValue("keys", versions.stream().map(Version::key).toArray(Long[]::new))
            .addValue("versions", versions.stream().map(Version::version).toArray(Integer[]::new)),
        row -> {
          found.addAll(read(row, 0, rows.number(tenant), null, Long.MAX_VALUE, shapes));
        });
    return found;
  }

  /** One version of an Observation. */
  record Version(long key, int version) {}

  /** The readings that the Observations at some places give now, in no order. */
  List<FoundReading> atPlaces(TenantId tenant, Collection<Long> places) {
    if (places.isEmpty()) {
      return List.of();
    }
    List<FoundReading> found = new ArrayList<>();
    Map<ShapeKey, ShapeReading> shapes = new HashMap<>();
    jdbc.query(
        """
        select %s, row.*
        from (
          select %s from %s
          where tenant = :tenant and %s
          offset 0) as row
        join telemetry.shape_reading as shape
          on shape.tenant = :tenant and shape.shape_id = row.shape_id
          and row.sequence >= shape.from_sequence and row.sequence < shape.before_sequence
        """
            .formatted(
                SHAPE, ObservationRows.CURRENT, rows.rowsAt(places), ObservationRows.at(places)),
        new MapSqlParameterSource("tenant", rows.number(tenant)),
        row -> {
          found.addAll(read(row, 0, rows.number(tenant), null, Long.MAX_VALUE, shapes));
        });
    return found;
  }

  /**
   * The last readings of each patient and device in each shape, those ahead of our clock left out,
   * and all of Observations that have to be asked.
   */
  List<FoundReading> lastOfShapes(TenantId tenant) {
    List<FoundReading> found = new ArrayList<>();
    Map<ShapeKey, ShapeReading> shapes = new HashMap<>();
    jdbc.query(
        """
        select distinct on (row.patient, row.device, source.device_id, shape.shape_id,
            shape.from_sequence, shape.ordinal, asked) %s, row.*,
          case shape.metric when '*' then row.key end as asked
        from telemetry.shape_reading as shape
        join (
          select %s from %s
          where tenant = :tenant and patient is not null
            and telemetry.effective_until(effective_from, rare)
              <= updated_at + make_interval(secs => :skew)) as row
          on row.shape_id = shape.shape_id
          and row.sequence >= shape.from_sequence and row.sequence < shape.before_sequence
        left join telemetry.target as channel
          on channel.number = row.device and channel.tenant = :tenant and channel.type = 'DeviceMetric'
        left join lateral (
          select device_id from telemetry.device_metric_source as source
          where source.tenant_id = :tenantId and source.metric_id = channel.id
            and source.since <= row.updated_at
          order by source.since desc limit 1) as source on true
        where shape.tenant = :tenant
          and not exists (
            select from telemetry.target as patient
            join telemetry.person_key as gone
              on gone.tenant_id = :tenantId and gone.patient_id = patient.id
            where patient.number = row.patient and patient.tenant = :tenant
              and gone.destroyed_at is not null)
        order by row.patient, row.device, source.device_id, shape.shape_id, shape.from_sequence,
          shape.ordinal, asked, row.effective_until desc, row.sequence desc, row.client_id desc,
          row.key desc
        """
            .formatted(SHAPE, ObservationRows.CURRENT, rows.all("observation")),
        new MapSqlParameterSource("tenant", rows.number(tenant))
            .addValue("tenantId", tenant.value())
            .addValue("skew", ReadingCheck.ALLOWED_SKEW.toSeconds()),
        row -> {
          found.addAll(read(row, 0, rows.number(tenant), null, Long.MAX_VALUE, shapes));
        });
    return found;
  }

  private String sql(List<SignalStretch> stretches, boolean replaced) {
    Instant from =
        stretches.stream().map(SignalStretch::from).min(Instant::compareTo).orElseThrow();
    Instant to = stretches.stream().map(SignalStretch::to).max(Instant::compareTo).orElseThrow();
    return ("select wanted.n, " + SHAPE + ", row.* " + STRETCHES + ROWS + NOT_ERASED)
        .replace("REPLACED", replaced ? REPLACED : "")
        .replace("OBSERVATIONS", rows.rowsWithin(from, to))
        .replace("OF_SHAPE", OF_SHAPE)
        .replace("CURRENT", ObservationRows.CURRENT)
        .replace("VERSION", ObservationRows.VERSION)
        .replace("WITHIN", ObservationRows.within(from, to));
  }

  private MapSqlParameterSource parameters(
      List<SignalStretch> stretches, long upTo, long replacedAfter) {
    return new MapSqlParameterSource("upTo", upTo)
        .addValue("replacedAfter", replacedAfter)
        .addValue("tenantIds", column(stretches, one -> one.tenant().value(), String[]::new))
        .addValue("tenants", column(stretches, one -> rows.number(one.tenant()), Integer[]::new))
        .addValue("patients", column(stretches, one -> one.patient().value(), String[]::new))
        .addValue("metrics", column(stretches, one -> one.metric().id(), String[]::new))
        .addValue(
            "froms", column(stretches, one -> ObservationRows.moment(one.from()), String[]::new))
        .addValue("tos", column(stretches, one -> ObservationRows.moment(one.to()), String[]::new))
        .addValue(
            "lows", column(stretches, one -> ObservationRows.firstPlace(one.from()), Long[]::new))
        .addValue(
            "highs", column(stretches, one -> ObservationRows.placeBehind(one.to()), Long[]::new));
  }

  private static <V> V[] column(
      List<SignalStretch> stretches, Function<SignalStretch, V> cell, IntFunction<V[]> array) {
    return stretches.stream().map(cell).toArray(array);
  }

  private static long replaced(ResultSet line) throws SQLException {
    long sequence = line.getLong("replaced");
    return line.wasNull() ? Long.MAX_VALUE : sequence;
  }

  /** What is the same in many lines of an answer. */
  private record ShapeKey(int shape, long fromSequence, int ordinal) {}

  /**
   * What a row of one shape reading gives.
   *
   * @param shapes those read before in the same answer
   * @param wanted of an Observation that has to be asked only this; null for all
   * @param replaced as {@link FoundReading} has it
   */
  private List<FoundReading> read(
      ResultSet line,
      int n,
      int tenant,
      Metric wanted,
      long replaced,
      Map<ShapeKey, ShapeReading> shapes)
      throws SQLException {
    ObservationRows.Row row = ObservationRows.read(line);
    ShapeKey key = new ShapeKey(row.shape(), line.getLong("from_sequence"), line.getInt("ordinal"));
    ShapeReading shape = shapes.get(key);
    if (shape == null) {
      shape = ReadingShapes.read(line);
      shapes.put(key, shape);
    }
    if (shape.metric().equals(ShapeReading.ASK)) {
      return asked(row, n, tenant, wanted, replaced);
    }
    ReadingValue value =
        shape.leaf() == null
            ? new Code(shape.system(), shape.code())
            : new Quantity(
                new BigDecimal(rows.leaves(tenant, row).get(shape.leaf())), shape.unit());
    return List.of(
        new FoundReading(
            n, row, shape.ordinal(), new Metric(shape.metric()), value, shape.quality(), replaced));
  }

  private List<FoundReading> asked(
      ObservationRows.Row row, int n, int tenant, Metric wanted, long replaced) {
    List<MeasuredValue> measured =
        MeasuredValue.of(ShapeReading.parse(rows.json(tenant, row)), catalog);
    List<FoundReading> found = new ArrayList<>();
    for (int i = 0; i < measured.size(); i++) {
      MeasuredValue one = measured.get(i);
      if (wanted == null || wanted.equals(one.metric())) {
        found.add(new FoundReading(n, row, i, one.metric(), one.value(), one.quality(), replaced));
      }
    }
    return found;
  }
}
