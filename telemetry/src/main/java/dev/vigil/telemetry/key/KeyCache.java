package dev.vigil.telemetry.key;

import dev.vigil.core.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.UUID;

/** Unwrapped keys, at most so many and for at most so long: least recently used go first. */
final class KeyCache {

  private record Name(TenantId tenant, UUID key) {}

  private record Entry(DataKey key, Instant since) {}

  private final int most;
  private final Duration longest;
  private final Clock clock;
  private final LinkedHashMap<Name, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);

  KeyCache(int most, Duration longest, Clock clock) {
    this.most = most;
    this.longest = longest;
    this.clock = clock;
  }

  synchronized Optional<DataKey> get(TenantId tenant, UUID id) {
    Name name = new Name(tenant, id);
    Entry entry = entries.get(name);
    if (entry == null) {
      return Optional.empty();
    }
    Duration age = Duration.between(entry.since(), clock.instant());
    if (age.isNegative() || age.compareTo(longest) >= 0) {
      entries.remove(name);
      return Optional.empty();
    }
    return Optional.of(entry.key());
  }

  synchronized void put(TenantId tenant, DataKey key) {
    entries.put(new Name(tenant, key.id()), new Entry(key, clock.instant()));
    var eldest = entries.entrySet().iterator();
    while (entries.size() > most) {
      eldest.next();
      eldest.remove();
    }
  }

  synchronized void remove(TenantId tenant, UUID id) {
    entries.remove(new Name(tenant, id));
  }
}
