package dev.vigil.telemetry.key;

import dev.vigil.core.TenantId;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Replaces keys while appends go on: what a key wraps is wrapped anew, in short transactions of
 * their own; what a data key has sealed stays as it is. Stopped half-way, it is run again.
 */
public final class KeyRotation {

  private static final int BATCH = 100;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final KeyService service;
  private final DataKeys keys;
  private final TenantKeys tenants;
  private final SigningKeys signing;

  /** On the data source of the transaction manager and of the keys. */
  public KeyRotation(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      KeyService service,
      DataKeys keys,
      Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = new TransactionTemplate(transactionManager);
    this.service = service;
    this.keys = keys;
    this.tenants = new TenantKeys(dataSource, service, clock);
    this.signing = new SigningKeys(dataSource, service, clock);
  }

  /**
   * Makes a new master key and wraps every tenant's and signing key with it. The old master keys
   * stay in the key service: backups from before need them.
   *
   * @return how many keys were wrapped anew
   */
  public int rotateMaster() {
    String master = service.rotate();
    return each(tenants.notWrappedBy(master), tenants::rewrap)
        + each(signing.notWrappedBy(master), signing::rewrap);
  }

  /**
   * Makes a new key of a tenant, which seals from now on, and wraps every person's key with it. The
   * older ones stay, to open what they sealed.
   *
   * @return how many persons' keys were wrapped anew
   */
  public int rotateTenant(TenantId tenant) {
    DataKey next = transactions.execute(status -> keys.addTenantKey(tenant));
    int total = 0;
    int batch;
    do {
      Integer count = transactions.execute(status -> keys.rewrap(tenant, next, BATCH));
      batch = count == null ? 0 : count;
      total += batch;
    } while (batch > 0);
    return total;
  }

  /** The tenants that have a key. */
  public List<TenantId> tenants() {
    return jdbc.sql("select distinct tenant_id from telemetry.tenant_key order by tenant_id")
        .query((row, n) -> new TenantId(row.getString("tenant_id")))
        .list();
  }

  /**
   * Looks whether every key can be unwrapped by the key service, as far as that can be told by the
   * names of the master keys. A server that cannot read its log has to say so when it starts.
   *
   * @throws KeyUnavailableException naming the first master key that is missing
   */
  public void demandMasterKeys() {
    jdbc.sql(
            """
            select master_key from telemetry.tenant_key
            union select master_key from telemetry.signing_key
            """)
        .query(String.class)
        .list()
        .forEach(
            master -> {
              if (!service.knows(master)) {
                throw new KeyUnavailableException(
                    "the key service lacks the master key "
                        + master
                        + ", which this database needs: restore the keystore or set vigil.keys");
              }
            });
  }

  private int each(List<UUID> ids, Consumer<UUID> rewrap) {
    ids.forEach(id -> transactions.executeWithoutResult(status -> rewrap.accept(id)));
    return ids.size();
  }
}
