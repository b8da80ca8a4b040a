package dev.vigil.telemetry.reading;

import dev.vigil.core.SignalQuality;
import dev.vigil.telemetry.observation.AfterCommit;
import dev.vigil.telemetry.observation.ObservationRows;
import dev.vigil.telemetry.observation.ShapeListener;
import dev.vigil.terminology.metric.MetricCatalog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which shapes are device readings and what those measure, in {@code telemetry.shape_reading}. The
 * intake refuses a device reading that is wrong, so each Observation of such a shape is one that it
 * accepted. When the catalogue has come to see a shape otherwise, what was written before stays
 * what it was.
 */
public final class ReadingShapes implements ShapeListener {

  /** In {@code before_sequence}: no end. */
  private static final long OPEN = Long.MAX_VALUE;

  /** Beyond that the memory is emptied, and fills again with those in use. */
  private static final int MOST_KEPT = 20_000;

  private record Shape(int tenant, int number) {}

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;
  private final ObservationRows rows;
  private final MetricCatalog catalog;
  private final Set<Integer> seen = ConcurrentHashMap.newKeySet();

  /** On the data source of the transactions that write Observations. */
  public ReadingShapes(DataSource dataSource, MetricCatalog catalog) {
    this.batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.rows = new ObservationRows(dataSource);
    this.catalog = catalog;
  }

  @Override
  public void written(int tenant, long sequence, int shape, String json) {
    if (seen.contains(shape)) {
      return;
    }
    List<ShapeReading> readings = ShapeReading.of(json, catalog);
    if (readings.isEmpty() && ShapeReading.asked(json)) {
      return; // The next one of the shape may be a reading.
    }
    List<ShapeReading> known = known(tenant, shape);
    if (!known.equals(readings)) {
      long from = rows.anyOf(tenant, shape) ? sequence > 0 ? sequence : nextSequence() : 0;
      end(tenant, shape, from);
      insert(tenant, shape, from, readings);
    }
    AfterCommit.run(() -> keep(shape));
  }

  private void keep(int shape) {
    if (seen.size() > MOST_KEPT) {
      seen.clear();
    }
    seen.add(shape);
  }

  /**
   * Looks at the shapes that were there before anybody asked what they measure, in the caller's
   * transaction. Quick when there are none.
   */
  public void readUnread() {
    List<Shape> unread =
        jdbc.sql(
                """
                delete from telemetry.shape_unread as unread
                returning tenant, shape_id
                """)
            .query(ReadingShapes::shape)
            .list();
    unread.forEach(one -> read(one.tenant(), one.number()));
  }

  /**
   * Looks at all shapes anew, in the caller's transaction, but for those that the catalogue has
   * come to see otherwise: of these the Observations alone do not tell since when.
   *
   * @param progress told how many shapes are done and how many there are
   */
  void rebuild(BiConsumer<Long, Long> progress) {
    jdbc.sql(
            """
            delete from telemetry.shape_reading as shape
            where not exists (
              select from telemetry.shape_reading as other
              where other.tenant = shape.tenant and other.shape_id = shape.shape_id
                and (other.from_sequence > 0 or other.before_sequence < :open))
            """)
        .param("open", OPEN)
        .update();
    List<Shape> shapes =
        jdbc.sql(
                """
                select tenant, shape_id from telemetry.shape
                where not exists (
                  select from telemetry.shape_reading as known
                  where known.tenant = shape.tenant and known.shape_id = shape.shape_id)
                order by shape_id
                """)
            .query(ReadingShapes::shape)
            .list();
    long done = 0;
    for (Shape one : shapes) {
      read(one.tenant(), one.number());
      progress.accept(++done, (long) shapes.size());
    }
  }

  private static Shape shape(ResultSet row, int n) throws SQLException {
    return new Shape(row.getInt("tenant"), row.getInt("shape_id"));
  }

  /** A shape that no Observation has any more is looked at when one has it again. */
  private void read(int tenant, int shape) {
    List<String> samples = rows.some(tenant, shape, 1);
    if (!samples.isEmpty() && ShapeReading.asked(samples.get(0))) {
      samples = rows.some(tenant, shape, Integer.MAX_VALUE);
    }
    samples.stream()
        .map(sample -> ShapeReading.of(sample, catalog))
        .filter(readings -> !readings.isEmpty())
        .findFirst()
        .ifPresent(readings -> insert(tenant, shape, 0, readings));
  }

  /** What the shape said holds no more from an event on. */
  private void end(int tenant, int shape, long from) {
    jdbc.sql(
            """
            update telemetry.shape_reading set before_sequence = :from
            where tenant = :tenant and shape_id = :shape and before_sequence = :open
            """)
        .param("tenant", tenant)
        .param("shape", shape)
        .param("from", from)
        .param("open", OPEN)
        .update();
  }

  /**
   * No event has it yet; the one that will tell of the running transaction has it or a later one.
   */
  private long nextSequence() {
    return jdbc.sql("select coalesce(max(sequence), 0) + 1 from telemetry.event where shard = 0")
        .query(Long.class)
        .single();
  }

  private List<ShapeReading> known(int tenant, int shape) {
    return jdbc.sql(
            """
            select ordinal, metric, leaf, unit, code_system, code, quality, spans
            from telemetry.shape_reading
            where tenant = :tenant and shape_id = :shape and before_sequence = :open
            order by ordinal
            """)
        .param("tenant", tenant)
        .param("shape", shape)
        .param("open", OPEN)
        .query((row, n) -> read(row))
        .list();
  }

  static ShapeReading read(ResultSet row) throws SQLException {
    return new ShapeReading(
        row.getInt("ordinal"),
        row.getString("metric"),
        row.getObject("leaf", Integer.class),
        row.getString("unit"),
        row.getString("code_system"),
        row.getString("code"),
        quality(row),
        row.getBoolean("spans"));
  }

  static Set<SignalQuality> quality(ResultSet row) throws SQLException {
    String[] flags = (String[]) row.getArray("quality").getArray();
    Set<SignalQuality> quality = EnumSet.noneOf(SignalQuality.class);
    for (String flag : flags) {
      quality.add(SignalQuality.valueOf(flag));
    }
    return quality;
  }

  private void insert(int tenant, int shape, long from, List<ShapeReading> readings) {
    batches.batchUpdate(
        """
        insert into telemetry.shape_reading (tenant, shape_id, from_sequence, before_sequence,
          ordinal, metric, leaf, unit, code_system, code, quality, spans)
        values (:tenant, :shape, :from, :open, :ordinal, :metric, :leaf, :unit, :system, :code,
          :quality, :spans)
        on conflict on constraint shape_reading_pk do nothing
        """,
        readings.stream()
            .map(
                reading ->
                    new MapSqlParameterSource("tenant", tenant)
                        .addValue("shape", shape)
                        .addValue("from", from)
                        .addValue("open", OPEN)
                        .addValue("ordinal", reading.ordinal())
                        .addValue("metric", reading.metric())
                        .addValue("leaf", reading.leaf(), Types.INTEGER)
                        .addValue("unit", reading.unit(), Types.VARCHAR)
                        .addValue("system", reading.system(), Types.VARCHAR)
                        .addValue("code", reading.code(), Types.VARCHAR)
                        .addValue(
                            "quality",
                            reading.quality().stream()
                                .sorted()
                                .map(Enum::name)
                                .toArray(String[]::new),
                            Types.ARRAY)
                        .addValue("spans", reading.spans()))
            .toArray(MapSqlParameterSource[]::new));
  }
}
