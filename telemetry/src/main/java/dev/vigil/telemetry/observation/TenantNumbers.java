package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The numbers by which rows name tenants, from {@code telemetry.tenant_number}. */
public final class TenantNumbers {

  /** Of no tenant, so that a query for one without a number finds nothing. */
  private static final int NONE = 0;

  private final JdbcClient jdbc;
  private final Map<TenantId, Integer> known = new ConcurrentHashMap<>();

  /** Reads and writes on the caller's connection. */
  public TenantNumbers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The number of a tenant, for queries; one that no row has if the tenant has none yet. */
  public int find(TenantId tenant) {
    Integer number = known.get(tenant);
    if (number != null) {
      return number;
    }
    Optional<Integer> found = read(tenant);
    found.ifPresent(it -> AfterCommit.run(() -> known.put(tenant, it)));
    return found.orElse(NONE);
  }

  /** The number of a tenant, given to it in the caller's transaction if it has none yet. */
  public int of(TenantId tenant) {
    Integer number = known.get(tenant);
    if (number != null) {
      return number;
    }
    jdbc.sql(
            """
            insert into telemetry.tenant_number (tenant_id) values (:tenant)
            on conflict on constraint tenant_number_pk do nothing
            """)
        .param("tenant", tenant.value())
        .update();
    int found = read(tenant).orElseThrow();
    AfterCommit.run(() -> known.put(tenant, found));
    return found;
  }

  private Optional<Integer> read(TenantId tenant) {
    return jdbc.sql("select number from telemetry.tenant_number where tenant_id = :tenant")
        .param("tenant", tenant.value())
        .query(Integer.class)
        .optional();
  }
}
