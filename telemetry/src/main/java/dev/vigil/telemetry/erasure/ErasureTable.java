package dev.vigil.telemetry.erasure;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Erasures whose rows may not all be gone yet. */
public final class ErasureTable {

  record Open(TenantId tenant, PatientId patient, Long patientPid) {}

  private final JdbcClient jdbc;

  /** On the data source of the transactions that erase. */
  public ErasureTable(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  void add(TenantId tenant, PatientId patient, OptionalLong patientPid, Instant now) {
    jdbc.sql(
            """
            insert into telemetry.erasure (tenant_id, patient_id, patient_pid, erased_at)
            values (:tenant, :patient, :pid, :now)
            """)
        .param("tenant", tenant.value())
        .param("patient", patient.value())
        .param("pid", patientPid.isPresent() ? patientPid.getAsLong() : null, Types.BIGINT)
        .param("now", Timestamptz.of(now))
        .update();
  }

  /** Of every tenant, the oldest first. */
  List<Open> all() {
    return jdbc.sql("select * from telemetry.erasure order by erased_at, tenant_id, patient_id")
        .query(
            (row, n) ->
                new Open(
                    new TenantId(row.getString("tenant_id")),
                    new PatientId(row.getString("patient_id")),
                    row.getObject("patient_pid", Long.class)))
        .list();
  }

  /** Forgets an erasure that was begun before a moment. */
  void remove(Open erasure, Instant before) {
    jdbc.sql(
            """
            delete from telemetry.erasure
            where tenant_id = :tenant and patient_id = :patient and erased_at < :before
            """)
        .param("tenant", erasure.tenant().value())
        .param("patient", erasure.patient().value())
        .param("before", Timestamptz.of(before))
        .update();
  }
}
