package dev.vigil.telemetry.reading;

import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Readings in {@code telemetry.reading}; {@code telemetry.signal} points at the newest one of each
 * patient, metric and device. Times are kept to the microsecond, numbers with their scale. What is
 * replaced or removed moves to {@code telemetry.reading_replaced}, see {@link ReadingHistory}.
 *
 * <p>A reading flagged {@link SignalQuality#FUTURE} is in windows but never the newest: its time is
 * wrong, and it would hide every later sample until that time has come.
 */
public final class PostgresReadings implements Readings {

  private static final int BATCH = 1_000;

  private record Signal(String patient, String metric, String device) {}

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;

  /** On the data source of the transactions that record. */
  public PostgresReadings(DataSource dataSource) {
    this.batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
  }

  @Override
  public void record(TenantId tenant, long sequence, List<Reading> readings) {
    if (readings.isEmpty()) {
      return;
    }
    List<String> observations =
        readings.stream().map(reading -> reading.observation().value()).distinct().toList();
    Set<Signal> replaced = setAside(tenant, sequence, observations);
    insert(tenant, sequence, readings);
    advance(tenant, observations);
    replaced.forEach(signal -> recompute(tenant, signal));
  }

  @Override
  public void remove(TenantId tenant, long sequence, ObservationId observation) {
    setAside(tenant, sequence, List.of(observation.value()))
        .forEach(signal -> recompute(tenant, signal));
  }

  @Override
  public int erase(TenantId tenant, PatientId patient) {
    jdbc.sql("delete from telemetry.signal where tenant_id = :tenant and patient_id = :patient")
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .update();
    jdbc.sql(
            """
            delete from telemetry.reading_replaced
            where tenant_id = :tenant and patient_id = :patient
            """)
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .update();
    return jdbc.sql(
            "delete from telemetry.reading where tenant_id = :tenant and patient_id = :patient")
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .update();
  }

  private Set<Signal> setAside(TenantId tenant, long sequence, List<String> observations) {
    return jdbc.sql(
            """
            with gone as (
              delete from telemetry.reading
              where tenant_id = :tenant and observation_id = any(:observations)
              returning *)
            insert into telemetry.reading_replaced (tenant_id, patient_id, metric, measured_at,
              observation_id, ordinal, device_id, value, unit, code_system, code, quality,
              received_at, sequence, replaced_by)
            select tenant_id, patient_id, metric, measured_at,
              observation_id, ordinal, device_id, value, unit, code_system, code, quality,
              received_at, sequence, :sequence
            from gone
            returning patient_id, metric, device_id
            """)
        .param("tenant", tenant.value())
        .param("sequence", sequence)
        .param("observations", observations.toArray(String[]::new), Types.ARRAY)
        .query(
            (row, n) ->
                new Signal(
                    row.getString("patient_id"),
                    row.getString("metric"),
                    row.getString("device_id")))
        .set();
  }

  private void insert(TenantId tenant, long sequence, List<Reading> readings) {
    Map<ObservationId, Integer> ordinals = new HashMap<>();
    for (int from = 0; from < readings.size(); from += BATCH) {
      List<Reading> batch = readings.subList(from, Math.min(from + BATCH, readings.size()));
      batches.batchUpdate(
          """
          insert into telemetry.reading (tenant_id, patient_id, metric, measured_at, observation_id,
            ordinal, device_id, value, unit, code_system, code, quality, received_at, sequence)
          values (:tenant, :patient, :metric, :measuredAt, :observation,
            :ordinal, :device, :value, :unit, :system, :code,
            string_to_array(:quality, ','), :receivedAt, :sequence)
          """,
          batch.stream()
              .map(
                  reading ->
                      parameters(
                          tenant,
                          sequence,
                          ordinals.merge(reading.observation(), 1, Integer::sum) - 1,
                          reading))
              .toArray(MapSqlParameterSource[]::new));
    }
  }

  private static MapSqlParameterSource parameters(
      TenantId tenant, long sequence, int ordinal, Reading reading) {
    Quantity quantity = reading.value() instanceof Quantity number ? number : null;
    Code code = reading.value() instanceof Code coded ? coded : null;
    return new MapSqlParameterSource()
        .addValue("tenant", tenant.value())
        .addValue("patient", reading.patient().value())
        .addValue("metric", reading.metric().id())
        .addValue("measuredAt", Timestamptz.of(reading.measuredAt()))
        .addValue("observation", reading.observation().value())
        .addValue("ordinal", ordinal)
        .addValue("device", reading.device().value())
        .addValue("value", quantity == null ? null : quantity.value(), Types.NUMERIC)
        .addValue("unit", quantity == null ? null : quantity.unit(), Types.VARCHAR)
        .addValue("system", code == null ? null : code.system(), Types.VARCHAR)
        .addValue("code", code == null ? null : code.code(), Types.VARCHAR)
        .addValue(
            "quality",
            reading.quality().stream().sorted().map(Enum::name).collect(Collectors.joining(",")))
        .addValue("receivedAt", Timestamptz.of(reading.receivedAt()))
        .addValue("sequence", sequence);
  }

  /** Moves signals on to what was just inserted, where that is newer in event time. */
  private void advance(TenantId tenant, List<String> observations) {
    jdbc.sql(
            """
            insert into telemetry.signal as newest (tenant_id, patient_id, metric, device_id,
              measured_at, observation_id, ordinal, sequence)
            select distinct on (patient_id, metric, device_id) tenant_id, patient_id, metric,
              device_id, measured_at, observation_id, ordinal, sequence
            from telemetry.reading
            where tenant_id = :tenant and observation_id = any(:observations)
              and not 'FUTURE' = any(quality)
            order by patient_id, metric, device_id, measured_at desc, observation_id desc,
              ordinal desc
            on conflict on constraint signal_pk do update
            set measured_at = excluded.measured_at, observation_id = excluded.observation_id,
              ordinal = excluded.ordinal, sequence = excluded.sequence
            where (excluded.measured_at, excluded.sequence) >= (newest.measured_at, newest.sequence)
            """)
        .param("tenant", tenant.value())
        .param("observations", observations.toArray(String[]::new), Types.ARRAY)
        .update();
  }

  private void recompute(TenantId tenant, Signal signal) {
    jdbc.sql(
            """
            delete from telemetry.signal
            where tenant_id = :tenant and patient_id = :patient and metric = :metric
              and device_id = :device
            """)
        .param("tenant", tenant.value())
        .param("patient", signal.patient())
        .param("metric", signal.metric())
        .param("device", signal.device())
        .update();
    jdbc.sql(
            """
            insert into telemetry.signal (tenant_id, patient_id, metric, device_id,
              measured_at, observation_id, ordinal, sequence)
            select tenant_id, patient_id, metric, device_id,
              measured_at, observation_id, ordinal, sequence
            from telemetry.reading
            where tenant_id = :tenant and patient_id = :patient and metric = :metric
              and device_id = :device and not 'FUTURE' = any(quality)
            order by measured_at desc, sequence desc, observation_id desc, ordinal desc
            limit 1
            """)
        .param("tenant", tenant.value())
        .param("patient", signal.patient())
        .param("metric", signal.metric())
        .param("device", signal.device())
        .update();
  }

  @Override
  public List<Reading> window(
      TenantId tenant,
      PatientId patient,
      Metric metric,
      Instant from,
      Instant to,
      long upToSequence) {
    return jdbc.sql(
            """
            select * from telemetry.reading
            where tenant_id = :tenant and patient_id = :patient and metric = :metric
              and measured_at between :from and :to and sequence <= :upToSequence
            order by measured_at, sequence, observation_id, ordinal
            """)
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .param("metric", metric.id())
        .param("from", Timestamptz.of(from))
        .param("to", Timestamptz.of(to))
        .param("upToSequence", upToSequence)
        .query((row, n) -> reading(row))
        .list();
  }

  @Override
  public List<Reading> latest(TenantId tenant) {
    return jdbc.sql(
            """
            select reading.* from (
              select distinct on (signal.patient_id, signal.metric) signal.*
              from telemetry.signal
              join telemetry.device_assignment as assigned
                using (tenant_id, device_id, patient_id)
              where tenant_id = :tenant and assigned.valid_to = 'infinity'
              order by signal.patient_id, signal.metric, signal.measured_at desc,
                signal.sequence desc) as newest
            join telemetry.reading
              using (tenant_id, patient_id, metric, measured_at, observation_id, ordinal)
            order by patient_id, metric
            """)
        .param("tenant", tenant.value())
        .query((row, n) -> reading(row))
        .list();
  }

  @Override
  public List<Heard> heard(TenantId tenant) {
    return jdbc.sql(
            """
            select patient_id, device_id, metric, measured_at
            from telemetry.signal
            join telemetry.device_assignment as assigned using (tenant_id, device_id, patient_id)
            where tenant_id = :tenant and assigned.valid_to = 'infinity'
            order by patient_id, device_id, metric
            """)
        .param("tenant", tenant.value())
        .query(
            (row, n) ->
                new Heard(
                    new DeviceId(row.getString("device_id")),
                    new PatientId(row.getString("patient_id")),
                    new Metric(row.getString("metric")),
                    row.getObject("measured_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  @Override
  public List<Reading> latest(TenantId tenant, PatientId patient) {
    return jdbc.sql(
            """
            select reading.* from (
              select distinct on (metric) * from telemetry.signal
              where tenant_id = :tenant and patient_id = :patient
              order by metric, measured_at desc, sequence desc) as newest
            join telemetry.reading
              using (tenant_id, patient_id, metric, measured_at, observation_id, ordinal)
            order by metric
            """)
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .query((row, n) -> reading(row))
        .list();
  }

  /** A row of {@code telemetry.reading} or of what it replaced. */
  static Reading reading(ResultSet row) throws SQLException {
    BigDecimal number = row.getBigDecimal("value");
    ReadingValue value =
        number == null
            ? new Code(row.getString("code_system"), row.getString("code"))
            : new Quantity(number, row.getString("unit"));
    Set<SignalQuality> quality = EnumSet.noneOf(SignalQuality.class);
    for (String flag : (String[]) row.getArray("quality").getArray()) {
      quality.add(SignalQuality.valueOf(flag));
    }
    return new Reading(
        new ObservationId(row.getString("observation_id")),
        new DeviceId(row.getString("device_id")),
        new PatientId(row.getString("patient_id")),
        new Metric(row.getString("metric")),
        value,
        row.getObject("measured_at", OffsetDateTime.class).toInstant(),
        row.getObject("received_at", OffsetDateTime.class).toInstant(),
        quality);
  }
}
