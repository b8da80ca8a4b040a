package dev.vigil.telemetry.key;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Timestamptz;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code telemetry.tenant_key}, unwrapped by the key service. */
final class TenantKeys {

  private record Stored(TenantId tenant, UUID id, WrappedKey wrapped) {

    private static Stored of(ResultSet row) throws SQLException {
      return new Stored(
          new TenantId(row.getString("tenant_id")),
          row.getObject("key_id", UUID.class),
          new WrappedKey(row.getString("master_key"), row.getBytes("wrapped_key")));
    }
  }

  private final JdbcClient jdbc;
  private final KeyService service;
  private final Clock clock;

  TenantKeys(DataSource dataSource, KeyService service, Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.service = service;
    this.clock = clock;
  }

  /** The newest generation; empty before the first. */
  Optional<DataKey> newest(TenantId tenant) {
    return jdbc.sql(
            """
            select tenant_id, key_id, master_key, wrapped_key from telemetry.tenant_key
            where tenant_id = :tenant order by generation desc limit 1
            """)
        .param("tenant", tenant.value())
        .query((row, n) -> Stored.of(row))
        .optional()
        .map(this::unwrap);
  }

  Optional<DataKey> find(TenantId tenant, UUID id) {
    return jdbc.sql(
            """
            select tenant_id, key_id, master_key, wrapped_key from telemetry.tenant_key
            where tenant_id = :tenant and key_id = :id
            """)
        .param("tenant", tenant.value())
        .param("id", id)
        .query((row, n) -> Stored.of(row))
        .optional()
        .map(this::unwrap);
  }

  /** Adds a generation in the caller's transaction. */
  DataKey add(TenantId tenant) {
    UUID id = UUID.randomUUID();
    byte[] key = AesGcm.newKey();
    WrappedKey wrapped = service.wrap(key, context(tenant, id));
    jdbc.sql(
            """
            insert into telemetry.tenant_key (tenant_id, generation, key_id, master_key,
              wrapped_key, created_at)
            select :tenant, coalesce(max(generation), 0) + 1, :id, :master, :wrapped, :now
            from telemetry.tenant_key where tenant_id = :tenant
            """)
        .param("tenant", tenant.value())
        .param("id", id)
        .param("master", wrapped.masterKey())
        .param("wrapped", wrapped.bytes())
        .param("now", Timestamptz.of(clock.instant()))
        .update();
    return new DataKey(id, key);
  }

  /** Ids of keys that another master key than this one wraps. */
  List<UUID> notWrappedBy(String master) {
    return jdbc.sql("select key_id from telemetry.tenant_key where master_key <> :master")
        .param("master", master)
        .query(UUID.class)
        .list();
  }

  /** Wraps a key by the newest master key, in the caller's transaction. */
  void rewrap(UUID id) {
    Stored old =
        jdbc.sql(
                """
                select tenant_id, key_id, master_key, wrapped_key from telemetry.tenant_key
                where key_id = :id for update
                """)
            .param("id", id)
            .query((row, n) -> Stored.of(row))
            .single();
    String context = context(old.tenant(), id);
    WrappedKey wrapped = service.wrap(service.unwrap(old.wrapped(), context), context);
    jdbc.sql(
            """
            update telemetry.tenant_key set master_key = :master, wrapped_key = :wrapped
            where tenant_id = :tenant and key_id = :id
            """)
        .param("master", wrapped.masterKey())
        .param("wrapped", wrapped.bytes())
        .param("tenant", old.tenant().value())
        .param("id", id)
        .update();
  }

  private DataKey unwrap(Stored stored) {
    return new DataKey(
        stored.id(), service.unwrap(stored.wrapped(), context(stored.tenant(), stored.id())));
  }

  private static String context(TenantId tenant, UUID id) {
    return "tenant " + tenant + " " + id;
  }
}
