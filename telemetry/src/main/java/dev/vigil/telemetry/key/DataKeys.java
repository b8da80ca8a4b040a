package dev.vigil.telemetry.key;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The keys of tenants and persons. Makes them as they are needed and remembers unwrapped ones for a
 * minute: a key that another process destroyed still opens here for that long, but nothing is
 * sealed with it any more.
 */
public final class DataKeys {

  /** How long an unwrapped key is remembered. */
  public static final Duration MEMORY = Duration.ofSeconds(60);

  private static final int MOST = 10_000;

  private final TenantKeys tenants;
  private final PersonKeys persons;
  private final KeyCache cache;
  private final Map<TenantId, UUID> newest = new ConcurrentHashMap<>();

  /** On the data source of the transactions that append. */
  public DataKeys(DataSource dataSource, KeyService service, Clock clock) {
    this.tenants = new TenantKeys(dataSource, service, clock);
    this.persons = new PersonKeys(dataSource, clock);
    this.cache = new KeyCache(MOST, MEMORY, clock);
  }

  /**
   * The key for what is about no person, the newest of the tenant's. Makes the first one in the
   * caller's transaction, which has to hold the lock of the log.
   *
   * @throws KeyUnavailableException if the key service cannot unwrap it
   */
  public DataKey tenantKey(TenantId tenant) {
    return Optional.ofNullable(newest.get(tenant))
        .flatMap(id -> cache.get(tenant, id))
        .orElseGet(() -> loadNewest(tenant));
  }

  private DataKey loadNewest(TenantId tenant) {
    DataKey key = tenants.newest(tenant).orElseGet(() -> tenants.add(tenant));
    // A key of a transaction that rolls back was never there.
    afterCommit(
        () -> {
          cache.put(tenant, key);
          newest.put(tenant, key.id());
        });
    return key;
  }

  /**
   * Persons' keys, to seal with. Makes those that are missing in the caller's transaction, which
   * has to hold the lock of the log from before this call to its end: so nobody's key is destroyed
   * in between.
   *
   * @return without the persons whose key was destroyed
   * @throws KeyUnavailableException if the key service cannot unwrap the tenant's
   */
  public Map<PatientId, DataKey> personKeys(TenantId tenant, Set<PatientId> wanted) {
    if (wanted.isEmpty()) {
      return Map.of();
    }
    Map<PatientId, DataKey> keys = new HashMap<>();
    Set<PatientId> missing = new HashSet<>(wanted);
    for (PersonKeys.Stored stored : persons.of(tenant, wanted)) {
      missing.remove(stored.patient());
      if (!stored.destroyed()) {
        keys.put(stored.patient(), unwrapped(tenant, stored));
      }
    }
    if (!missing.isEmpty()) {
      // Not the remembered key: another process may have made a newer one.
      Map<PatientId, DataKey> made = persons.add(tenant, missing, loadNewest(tenant));
      made.values().forEach(key -> cache.put(tenant, key));
      keys.putAll(made);
    }
    return keys;
  }

  /**
   * The keys behind ids, to open with.
   *
   * @return an empty value for a key that was destroyed; no entry for one that never was
   * @throws KeyUnavailableException if the key service cannot unwrap what it takes
   */
  public Map<UUID, Optional<DataKey>> byId(TenantId tenant, Set<UUID> ids) {
    Map<UUID, Optional<DataKey>> found = new HashMap<>();
    Set<UUID> unknown = new HashSet<>();
    for (UUID id : ids) {
      Optional<DataKey> remembered = cache.get(tenant, id);
      if (remembered.isPresent()) {
        found.put(id, remembered);
      } else {
        unknown.add(id);
      }
    }
    if (!unknown.isEmpty()) {
      for (PersonKeys.Stored stored : persons.byId(tenant, unknown)) {
        unknown.remove(stored.id());
        found.put(
            stored.id(),
            stored.destroyed() ? Optional.empty() : Optional.of(unwrapped(tenant, stored)));
      }
      for (UUID id : unknown) {
        ofTenant(tenant, id).ifPresent(key -> found.put(id, Optional.of(key)));
      }
    }
    return found;
  }

  /** Those of the persons whose key was destroyed. */
  public Set<PatientId> erased(TenantId tenant, Collection<PatientId> asked) {
    if (asked.isEmpty()) {
      return Set.of();
    }
    return persons.of(tenant, asked).stream()
        .filter(PersonKeys.Stored::destroyed)
        .map(PersonKeys.Stored::patient)
        .collect(Collectors.toSet());
  }

  /**
   * Destroys a person's key in the caller's transaction, which has to hold the lock of the log.
   * Leaves a destroyed key for who had none, so that none is made later.
   *
   * @return false if it was destroyed before
   */
  public boolean destroy(TenantId tenant, PatientId person) {
    personKeys(tenant, Set.of(person));
    Optional<UUID> destroyed = persons.destroy(tenant, person);
    destroyed.ifPresent(id -> afterCommit(() -> cache.remove(tenant, id)));
    return destroyed.isPresent();
  }

  /** Makes the tenant's next key in the caller's transaction; used once that commits. */
  DataKey addTenantKey(TenantId tenant) {
    DataKey key = tenants.add(tenant);
    afterCommit(() -> newest.remove(tenant));
    return key;
  }

  /**
   * Wraps persons' keys by this key of their tenant, in the caller's transaction.
   *
   * @return how many there were to wrap, at most {@code max}
   */
  int rewrap(TenantId tenant, DataKey wrapping, int max) {
    List<PersonKeys.Stored> old = persons.wrappedBefore(tenant, wrapping.id(), max);
    for (PersonKeys.Stored stored : old) {
      persons.rewrap(tenant, stored, raw(tenant, stored), wrapping);
    }
    return old.size();
  }

  private DataKey unwrapped(TenantId tenant, PersonKeys.Stored stored) {
    return cache
        .get(tenant, stored.id())
        .orElseGet(
            () -> {
              DataKey key = new DataKey(stored.id(), raw(tenant, stored));
              cache.put(tenant, key);
              return key;
            });
  }

  private byte[] raw(TenantId tenant, PersonKeys.Stored stored) {
    DataKey wrapping =
        ofTenant(tenant, stored.tenantKey())
            .orElseThrow(
                () -> new KeyUnavailableException("there is no key " + stored.tenantKey()));
    try {
      return stored.unwrap(tenant, wrapping);
    } catch (IllegalArgumentException e) {
      throw new KeyUnavailableException("key " + stored.id() + " does not open", e);
    }
  }

  private Optional<DataKey> ofTenant(TenantId tenant, UUID id) {
    Optional<DataKey> remembered = cache.get(tenant, id);
    if (remembered.isPresent()) {
      return remembered;
    }
    Optional<DataKey> key = tenants.find(tenant, id);
    key.ifPresent(found -> cache.put(tenant, found));
    return key;
  }

  private static void afterCommit(Runnable action) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      action.run();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            action.run();
          }
        });
  }
}
