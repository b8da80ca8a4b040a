package dev.vigil.telemetry.key;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code telemetry.person_key}. */
final class PersonKeys {

  /**
   * A row.
   *
   * @param wrapped null if the key was destroyed
   */
  record Stored(PatientId patient, UUID id, UUID tenantKey, byte[] wrapped) {

    private static Stored of(ResultSet row) throws SQLException {
      return new Stored(
          new PatientId(row.getString("patient_id")),
          row.getObject("key_id", UUID.class),
          row.getObject("tenant_key_id", UUID.class),
          row.getBytes("wrapped_key"));
    }

    boolean destroyed() {
      return wrapped == null;
    }

    /** The key itself, by the tenant's key that wraps it. */
    byte[] unwrap(TenantId tenant, DataKey wrapping) {
      return wrapping.unwrap(wrapped, context(tenant, patient, id));
    }
  }

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;
  private final Clock clock;

  PersonKeys(DataSource dataSource, Clock clock) {
    this.batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.clock = clock;
  }

  List<Stored> of(TenantId tenant, Collection<PatientId> persons) {
    return jdbc.sql(
            """
            select patient_id, key_id, tenant_key_id, wrapped_key from telemetry.person_key
            where tenant_id = :tenant and patient_id = any(:patients)
            """)
        .param("tenant", tenant.value())
        .param(
            "patients", persons.stream().map(PatientId::value).toArray(String[]::new), Types.ARRAY)
        .query((row, n) -> Stored.of(row))
        .list();
  }

  List<Stored> byId(TenantId tenant, Collection<UUID> ids) {
    return jdbc.sql(
            """
            select patient_id, key_id, tenant_key_id, wrapped_key from telemetry.person_key
            where tenant_id = :tenant and key_id = any(:ids)
            """)
        .param("tenant", tenant.value())
        .param("ids", ids.toArray(UUID[]::new), Types.ARRAY)
        .query((row, n) -> Stored.of(row))
        .list();
  }

  /** Makes keys; none of these persons may have one. */
  Map<PatientId, DataKey> add(TenantId tenant, Collection<PatientId> persons, DataKey wrapping) {
    Map<PatientId, DataKey> made = new HashMap<>();
    batches.batchUpdate(
        """
        insert into telemetry.person_key (tenant_id, patient_id, key_id, tenant_key_id,
          wrapped_key, created_at)
        values (:tenant, :patient, :id, :tenantKey, :wrapped, :now)
        """,
        persons.stream()
            .map(
                person -> {
                  UUID id = UUID.randomUUID();
                  byte[] key = AesGcm.newKey();
                  made.put(person, new DataKey(id, key));
                  return new MapSqlParameterSource()
                      .addValue("tenant", tenant.value())
                      .addValue("patient", person.value())
                      .addValue("id", id)
                      .addValue("tenantKey", wrapping.id())
                      .addValue("wrapped", wrapping.wrap(key, context(tenant, person, id)))
                      .addValue("now", Timestamptz.of(clock.instant()));
                })
            .toArray(MapSqlParameterSource[]::new));
    return made;
  }

  /** The destroyed key's id; empty if it was destroyed before, or never was. */
  Optional<UUID> destroy(TenantId tenant, PatientId person) {
    return jdbc.sql(
            """
            update telemetry.person_key set wrapped_key = null, destroyed_at = :now
            where tenant_id = :tenant and patient_id = :patient and destroyed_at is null
            returning key_id
            """)
        .param("tenant", tenant.value())
        .param("patient", person.value())
        .param("now", Timestamptz.of(clock.instant()))
        .query(UUID.class)
        .optional();
  }

  /** Keys that an older key of the tenant wraps than this one, locked to the transaction's end. */
  List<Stored> wrappedBefore(TenantId tenant, UUID tenantKey, int max) {
    return jdbc.sql(
            """
            select patient_id, key_id, tenant_key_id, wrapped_key from telemetry.person_key
            where tenant_id = :tenant and destroyed_at is null and tenant_key_id in (
              select older.key_id from telemetry.tenant_key as newer
              join telemetry.tenant_key as older
                on older.tenant_id = newer.tenant_id and older.generation < newer.generation
              where newer.tenant_id = :tenant and newer.key_id = :key)
            limit :max for update
            """)
        .param("tenant", tenant.value())
        .param("key", tenantKey)
        .param("max", max)
        .query((row, n) -> Stored.of(row))
        .list();
  }

  void rewrap(TenantId tenant, Stored old, byte[] key, DataKey wrapping) {
    jdbc.sql(
            """
            update telemetry.person_key set tenant_key_id = :key, wrapped_key = :wrapped
            where tenant_id = :tenant and patient_id = :patient
            """)
        .param("key", wrapping.id())
        .param("wrapped", wrapping.wrap(key, context(tenant, old.patient(), old.id())))
        .param("tenant", tenant.value())
        .param("patient", old.patient().value())
        .update();
  }

  private static String context(TenantId tenant, PatientId person, UUID id) {
    return "person " + tenant + " " + id + " " + person;
  }
}
