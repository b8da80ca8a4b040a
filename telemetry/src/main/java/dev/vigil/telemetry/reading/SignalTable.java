package dev.vigil.telemetry.reading;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code telemetry.signal}: the newest reading of each patient, metric and device. */
final class SignalTable {

  /** A metric of a patient as one device measures it. */
  record Signal(TenantId tenant, PatientId patient, Metric metric, DeviceId device) {}

  /**
   * Which reading is the newest of its signal.
   *
   * @param ordinal which of the Observation's readings, from 0
   * @param sequence of the event that told of it
   */
  record Newest(
      Signal signal, Instant measuredAt, ObservationId observation, int ordinal, long sequence) {

    /** The later one is newer; of one moment that which was told or stands later. */
    static final Comparator<Newest> ORDER =
        Comparator.comparing(Newest::measuredAt)
            .thenComparing(Newest::sequence)
            .thenComparing(newest -> newest.observation().value())
            .thenComparing(Newest::ordinal);
  }

  private static final String KEYS =
      """
      unnest(cast(:tenants as text[]), cast(:patients as text[]), cast(:metrics as text[]),
        cast(:devices as text[]), cast(:observations as text[]))\
      """;

  private final JdbcClient jdbc;

  SignalTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Moves signals on to readings that are newer than what is known, in one statement. Those that
   * are known are updated: an insert that meets a row costs a lock of it besides, in the
   * write-ahead log as well. What another one inserts meanwhile is met all the same.
   *
   * @param readings one of each signal
   */
  void advance(Collection<Newest> readings) {
    if (readings.isEmpty()) {
      return;
    }
    List<Newest> all = List.copyOf(readings);
    bind(
            """
            with read as (
              select *
              from unnest(cast(:tenants as text[]), cast(:patients as text[]),
                  cast(:metrics as text[]), cast(:devices as text[]),
                  cast(:observations as text[]), cast(:moments as timestamptz[]),
                  cast(:ordinals as smallint[]), cast(:sequences as bigint[])) with ordinality
                as read (tenant_id, patient_id, metric, device_id, observation_id, measured_at,
                  ordinal, sequence, n)),
            moved as (
              update telemetry.signal as newest
              set measured_at = read.measured_at, observation_id = read.observation_id,
                ordinal = read.ordinal, sequence = read.sequence
              from read
              where newest.tenant_id = read.tenant_id and newest.patient_id = read.patient_id
                and newest.metric = read.metric and newest.device_id = read.device_id
                and (read.measured_at, read.sequence) >= (newest.measured_at, newest.sequence)
              returning read.n)
            insert into telemetry.signal as newest (tenant_id, patient_id, metric, device_id,
              measured_at, observation_id, ordinal, sequence)
            select tenant_id, patient_id, metric, device_id, measured_at, observation_id, ordinal,
              sequence
            from read
            where n not in (select n from moved) and not exists (
              select from telemetry.signal as known
              where known.tenant_id = read.tenant_id and known.patient_id = read.patient_id
                and known.metric = read.metric and known.device_id = read.device_id)
            on conflict on constraint signal_pk do update
            set measured_at = excluded.measured_at, observation_id = excluded.observation_id,
              ordinal = excluded.ordinal, sequence = excluded.sequence
            where (excluded.measured_at, excluded.sequence) >= (newest.measured_at, newest.sequence)
            """,
            all)
        .param(
            "moments",
            column(all, one -> ObservationRows.moment(one.measuredAt()), String[]::new),
            Types.ARRAY)
        .param("ordinals", column(all, Newest::ordinal, Integer[]::new), Types.ARRAY)
        .param("sequences", column(all, Newest::sequence, Long[]::new), Types.ARRAY)
        .update();
  }

  /**
   * Takes away signals whose newest reading is of these Observations.
   *
   * @param gone what the Observations gave
   * @return those taken away, with the moments they had
   */
  List<Newest> remove(Collection<Newest> gone) {
    if (gone.isEmpty()) {
      return List.of();
    }
    return bind(
            """
            delete from telemetry.signal as newest
            using %s as gone (tenant_id, patient_id, metric, device_id, observation_id)
            where newest.tenant_id = gone.tenant_id and newest.patient_id = gone.patient_id
              and newest.metric = gone.metric and newest.device_id = gone.device_id
              and newest.observation_id = gone.observation_id
            returning newest.*
            """
                .formatted(KEYS),
            List.copyOf(gone))
        .query((row, n) -> newest(row))
        .list();
  }

  /** Every one. */
  void clear() {
    jdbc.sql("delete from telemetry.signal").update();
  }

  void erase(TenantId tenant, PatientId patient) {
    jdbc.sql("delete from telemetry.signal where tenant_id = :tenant and patient_id = :patient")
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .update();
  }

  /** Those whose newest reading is of a time: from is inclusive, before exclusive. */
  List<Newest> between(TenantId tenant, Instant from, Instant before) {
    return jdbc.sql(
            """
            select * from telemetry.signal
            where tenant_id = :tenant and measured_at >= :from::timestamptz
              and measured_at < :before::timestamptz
            """)
        .param("tenant", tenant.value())
        .param("from", ObservationRows.moment(from))
        .param("before", ObservationRows.moment(before))
        .query((row, n) -> newest(row))
        .list();
  }

  /** The newest of each metric of a patient, whichever device it is of. */
  List<Newest> ofPatient(TenantId tenant, PatientId patient) {
    return jdbc.sql(
            """
            select distinct on (metric) * from telemetry.signal
            where tenant_id = :tenant and patient_id = :patient
            order by metric, measured_at desc, sequence desc
            """)
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .query((row, n) -> newest(row))
        .list();
  }

  /** The newest of each metric of each patient, of the devices that are theirs now. */
  List<Newest> assigned(TenantId tenant) {
    return jdbc.sql(
            """
            select distinct on (signal.patient_id, signal.metric) signal.*
            from telemetry.signal
            join telemetry.device_assignment as assigned
              using (tenant_id, device_id, patient_id)
            where tenant_id = :tenant and assigned.valid_to = 'infinity'
            order by signal.patient_id, signal.metric, signal.measured_at desc,
              signal.sequence desc
            """)
        .param("tenant", tenant.value())
        .query((row, n) -> newest(row))
        .list();
  }

  /** Each signal of the devices that are somebody's now. */
  List<Readings.Heard> heard(TenantId tenant) {
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
                new Readings.Heard(
                    new DeviceId(row.getString("device_id")),
                    new PatientId(row.getString("patient_id")),
                    new Metric(row.getString("metric")),
                    row.getObject("measured_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  private JdbcClient.StatementSpec bind(String sql, List<Newest> all) {
    return jdbc.sql(sql)
        .param(
            "tenants",
            column(all, one -> one.signal().tenant().value(), String[]::new),
            Types.ARRAY)
        .param(
            "patients",
            column(all, one -> one.signal().patient().value(), String[]::new),
            Types.ARRAY)
        .param(
            "metrics", column(all, one -> one.signal().metric().id(), String[]::new), Types.ARRAY)
        .param(
            "devices",
            column(all, one -> one.signal().device().value(), String[]::new),
            Types.ARRAY)
        .param(
            "observations",
            column(all, one -> one.observation().value(), String[]::new),
            Types.ARRAY);
  }

  private static <V> V[] column(
      List<Newest> all, Function<Newest, V> cell, IntFunction<V[]> array) {
    return all.stream().map(cell).toArray(array);
  }

  private static Newest newest(ResultSet row) throws SQLException {
    return new Newest(
        new Signal(
            new TenantId(row.getString("tenant_id")),
            new PatientId(row.getString("patient_id")),
            new Metric(row.getString("metric")),
            new DeviceId(row.getString("device_id"))),
        row.getObject("measured_at", OffsetDateTime.class).toInstant(),
        new ObservationId(row.getString("observation_id")),
        row.getInt("ordinal"),
        row.getLong("sequence"));
  }
}
