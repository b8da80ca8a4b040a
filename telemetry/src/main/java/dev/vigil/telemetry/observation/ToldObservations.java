package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.UnreadableEventException;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Puts together what the log tells of Observations. Each is told where its first version is met in
 * the log; one of which a version is missing is not told: it was erased with a person, or the event
 * is older than contents in events.
 */
final class ToldObservations {

  private record First(LoggedEvent event, ResourceChange change) {}

  private record VersionOf(String id, long number) {}

  private final EventLog log;
  private final JdbcClient jdbc;
  private final TenantNumbers tenants;
  private final ToldVersions versions;

  ToldObservations(EventLog log, JdbcClient jdbc, TenantNumbers tenants, ToldVersions versions) {
    this.log = log;
    this.jdbc = jdbc;
    this.tenants = tenants;
    this.versions = versions;
  }

  /** Those whose first versions the events tell of, without what a policy has removed since. */
  List<ToldObservation> of(List<LoggedEvent> events) {
    Map<TenantId, Map<String, First>> firsts = new LinkedHashMap<>();
    for (LoggedEvent event : events) {
      if (event.event() instanceof ResourcesWritten written) {
        for (ResourceChange change : written.changes()) {
          if (change.type().equals("Observation") && ToldVersions.first(change)) {
            firsts
                .computeIfAbsent(event.tenant(), unseen -> new LinkedHashMap<>())
                .put(change.id(), new First(event, change));
          }
        }
      }
    }
    List<ToldObservation> told = new ArrayList<>();
    firsts.forEach((tenant, ofTenant) -> told.addAll(of(tenant, ofTenant)));
    return told;
  }

  private List<ToldObservation> of(TenantId tenant, Map<String, First> firsts) {
    Map<String, List<ToldVersions.Later>> laterOf = versions.later(tenant, firsts.keySet());
    Map<String, ObservationKey> keys = keys(tenant, firsts);
    Map<ObservationKey, Long> expired = versions.expired(tenant, keys.values());
    Contents contents = new Contents(tenant);
    List<ToldObservation> told = new ArrayList<>();
    firsts.forEach(
        (id, first) -> {
          ObservationKey key = keys.get(id);
          if (key != null) {
            List<ToldVersions.Later> later =
                laterOf.getOrDefault(id, List.of()).stream()
                    .filter(one -> one.key() == null || one.key().equals(key))
                    .toList();
            List<ToldObservation.Version> all = all(first, later, contents);
            if (!all.isEmpty()
                && expired.getOrDefault(key, 0L) < all.get(all.size() - 1).sequence()) {
              told.add(new ToldObservation(tenant, key, id, all));
            }
          }
        });
    return told;
  }

  /** Without those that the log does not name and no row does. */
  private Map<String, ObservationKey> keys(TenantId tenant, Map<String, First> firsts) {
    Map<String, ObservationKey> keys = new HashMap<>();
    List<String> unknown = new ArrayList<>();
    firsts.forEach(
        (id, first) -> {
          ObservationKey key = ToldVersions.key(first.change());
          if (key == null) {
            unknown.add(id);
          } else {
            keys.put(id, key);
          }
        });
    if (!unknown.isEmpty()) {
      jdbc.sql(
              """
              select id, key from telemetry.observation_place
              where tenant = :tenant and id = any(:ids)
              """)
          .param("tenant", tenants.find(tenant))
          .param("ids", unknown.toArray(String[]::new), Types.ARRAY)
          .query(
              row -> {
                keys.put(row.getString("id"), new ObservationKey(row.getLong("key")));
              });
    }
    return keys;
  }

  /** Empty if one is missing. */
  private static List<ToldObservation.Version> all(
      First first, List<ToldVersions.Later> later, Contents contents) {
    List<ToldObservation.Version> all = new ArrayList<>();
    all.add(
        new ToldObservation.Version(
            1,
            first.event().sequence(),
            first.change().stored().map(Stored::at).orElseGet(() -> about(first.event())),
            first.change().content().orElseThrow().json()));
    for (ToldVersions.Later one : later) {
      ToldObservation.Version version =
          one.content() && one.number() == all.size() + 1 ? contents.version(one) : null;
      if (version == null) {
        return List.of();
      }
      all.add(version);
    }
    return all;
  }

  /** When an event was written that does not tell when its resources were. */
  private static Instant about(LoggedEvent event) {
    return event.recordedAt().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Later versions out of their own events, each event read once. */
  private final class Contents {

    private final TenantId tenant;
    private final Map<Long, Map<VersionOf, ToldObservation.Version>> byEvent = new HashMap<>();

    Contents(TenantId tenant) {
      this.tenant = tenant;
    }

    /** Null if its event does not tell it any more. */
    ToldObservation.Version version(ToldVersions.Later later) {
      return byEvent
          .computeIfAbsent(later.sequence(), this::read)
          .get(new VersionOf(later.id(), later.number()));
    }

    private Map<VersionOf, ToldObservation.Version> read(long sequence) {
      Map<VersionOf, ToldObservation.Version> told = new HashMap<>();
      for (LoggedEvent event : readable(sequence)) {
        if (event.tenant().equals(tenant) && event.event() instanceof ResourcesWritten written) {
          written.changes().stream()
              .filter(change -> change.type().equals("Observation"))
              .forEach(
                  change ->
                      told.put(
                          new VersionOf(change.id(), change.version()), version(event, change)));
        }
      }
      told.values().removeIf(Objects::isNull);
      return told;
    }

    private List<LoggedEvent> readable(long sequence) {
      try {
        return log.read(sequence - 1, 1);
      } catch (UnreadableEventException e) {
        return List.of(); // The rebuild counts what it cannot tell.
      }
    }

    private static ToldObservation.Version version(LoggedEvent event, ResourceChange change) {
      boolean deleted = change.action() == Action.DELETED;
      return deleted || change.content().isPresent()
          ? new ToldObservation.Version(
              change.version(),
              event.sequence(),
              change.stored().map(Stored::at).orElseGet(() -> about(event)),
              deleted ? null : change.content().map(ResourceContent::json).orElseThrow())
          : null;
    }
  }
}
