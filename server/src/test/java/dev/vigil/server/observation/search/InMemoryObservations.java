package dev.vigil.server.observation.search;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.HistoryQuery;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.KnownShape;
import dev.vigil.telemetry.observation.NewObservation;
import dev.vigil.telemetry.observation.ObservationIdentifier;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.ObservationState;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Sort;
import dev.vigil.telemetry.observation.StoredObservation;
import java.lang.reflect.Constructor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the port says, in the plainest way, for tests that need no database. */
final class InMemoryObservations implements Observations {

  private record Row(ObservationWrite.Put put, List<IndexEntry> entries) {}

  private final IndexExtractor extractor;
  private final Map<ObservationKey, Row> rows = new TreeMap<>();
  private long next = 1;

  InMemoryObservations(IndexExtractor extractor) {
    this.extractor = extractor;
  }

  @Override
  public List<ObservationKey> allocate(List<Instant> placedAt) {
    return placedAt.stream().map(moment -> new ObservationKey(next++)).toList();
  }

  @Override
  public void record(TenantId tenant, long sequence, List<ObservationWrite> writes) {
    for (ObservationWrite write : writes) {
      ObservationWrite.Put put = (ObservationWrite.Put) write;
      rows.put(put.key(), new Row(put, extractor.entries(put.json())));
    }
  }

  @Override
  public Optional<KnownShape> shape(TenantId tenant, String template) {
    return Optional.empty();
  }

  @Override
  public void append(List<NewObservation.Message> messages) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<ObservationIdentifier, Set<ObservationKey>> claim(
      Set<ObservationIdentifier> identifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void told(TenantId tenant, long sequence, Collection<ObservationKey> keys) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, ObservationState> findByIds(TenantId tenant, Collection<String> ids) {
    return rows.values().stream()
        .map(Row::put)
        .filter(put -> ids.contains(put.id()))
        .collect(Collectors.toMap(ObservationWrite.Put::id, InMemoryObservations::state));
  }

  private static ObservationState state(ObservationWrite.Put put) {
    return new ObservationState(put.key(), put.id(), put.version(), put.updatedAt(), false);
  }

  @Override
  public Map<ObservationKey, ObservationState> findByKeys(
      TenantId tenant, Collection<ObservationKey> keys) {
    Map<ObservationKey, ObservationState> found = new HashMap<>();
    keys.stream().filter(rows::containsKey).forEach(k -> found.put(k, state(rows.get(k).put())));
    return found;
  }

  @Override
  public Map<ObservationKey, StoredObservation> load(
      TenantId tenant, Collection<ObservationKey> keys) {
    Map<ObservationKey, StoredObservation> found = new LinkedHashMap<>();
    keys.stream().filter(rows::containsKey).forEach(k -> found.put(k, stored(rows.get(k).put())));
    return found;
  }

  private static StoredObservation stored(ObservationWrite.Put put) {
    try {
      Constructor<StoredObservation> constructor =
          StoredObservation.class.getDeclaredConstructor(
              ObservationState.class, Instant.class, Supplier.class);
      constructor.setAccessible(true);
      return constructor.newInstance(state(put), null, (Supplier<String>) put::json);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<StoredObservation> load(TenantId tenant, ObservationKey key, long version) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ObservationPosition> search(ObservationQuery query) {
    Comparator<Row> order = Comparator.comparing(row -> row.put().key());
    List<Sort> sorts = new ArrayList<>(query.sort());
    java.util.Collections.reverse(sorts);
    for (Sort sort : sorts) {
      Comparator<Row> rest = order;
      order = by(sort).thenComparing(rest);
    }
    Stream<Row> found =
        rows.values().stream().filter(row -> meets(row, query.filter())).sorted(order);
    if (query.after() != null) {
      found = found.dropWhile(row -> !row.put().key().equals(query.after().key())).skip(1);
    }
    return found
        .skip(query.offset())
        .limit(query.limit())
        .map(row -> new ObservationPosition(null, row.put().key()))
        .toList();
  }

  private static Comparator<Row> by(Sort sort) {
    Comparator<Comparable<Object>> values =
        sort.descending() ? Comparator.reverseOrder() : Comparator.naturalOrder();
    return Comparator.comparing(row -> value(row, sort), Comparator.nullsLast(values));
  }

  @SuppressWarnings("unchecked")
  private static Comparable<Object> value(Row row, Sort sort) {
    Comparator<Comparable<Object>> natural = Comparator.naturalOrder();
    Stream<Object> all =
        switch (sort.by()) {
          case KEY -> Stream.of(row.put().key());
          case UPDATED -> Stream.of(row.put().updatedAt());
          case EFFECTIVE ->
              Stream.ofNullable(row.put().effective())
                  .map(effective -> effective.from() == null ? Instant.MIN : effective.from());
          case LINK ->
              row.put().links().stream()
                  .filter(link -> link.path().equals(sort.param()))
                  .map(link -> link.targetType() + "/" + link.targetId());
          default ->
              row.entries().stream()
                  .filter(entry -> entry.param().equals(sort.param()))
                  .map(InMemoryObservations::value)
                  .filter(value -> value != null);
        };
    List<Comparable<Object>> sorted =
        all.filter(v -> v != null).map(v -> (Comparable<Object>) v).sorted(natural).toList();
    return sorted.isEmpty() ? null : sorted.get(sort.descending() ? sorted.size() - 1 : 0);
  }

  private static Object value(IndexEntry entry) {
    if (entry instanceof IndexEntry.Token token) {
      return token.system() + "\u0001" + token.code();
    } else if (entry instanceof IndexEntry.Text text) {
      return text.normalized();
    } else if (entry instanceof IndexEntry.Number number) {
      return number.value();
    } else if (entry instanceof IndexEntry.Quantity quantity) {
      return quantity.canonical() ? null : (Object) quantity.value();
    } else if (entry instanceof IndexEntry.Date date) {
      return date.low() == null ? Instant.MIN : date.low();
    } else {
      return ((IndexEntry.Uri) entry).uri();
    }
  }

  private static boolean meets(Row row, Criterion criterion) {
    return new VersionMatch(
            row.put().key(), row.put().updatedAt(), row.entries(), row.put().links())
        .meets(criterion);
  }

  @Override
  public Set<Long> targets(TenantId tenant, Criterion filter, Set<String> paths, String type) {
    return rows.values().stream()
        .filter(row -> meets(row, filter))
        .flatMap(row -> row.put().links().stream())
        .filter(link -> paths.contains(link.path()) && type.equals(link.targetType()))
        .map(ObservationLink::targetPid)
        .filter(java.util.Objects::nonNull)
        .collect(Collectors.toSet());
  }

  @Override
  public long count(TenantId tenant, Criterion filter) {
    return rows.values().stream().filter(row -> meets(row, filter)).count();
  }

  @Override
  public List<StoredObservation> history(HistoryQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<StoredObservation> supersededAt(
      TenantId tenant, Instant at, Collection<Long> patientPids, int most) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<IndexEntry> inUse(TenantId tenant, Set<String> params) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long countHistory(HistoryQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<FoundLink> linksTo(
      TenantId tenant, Collection<Long> targetPids, Set<String> paths, int limit) {
    return links(paths)
        .filter(found -> found.link().targetPid() != null)
        .filter(found -> targetPids.contains(found.link().targetPid()))
        .limit(limit)
        .toList();
  }

  @Override
  public List<FoundLink> linksFrom(
      TenantId tenant, Collection<ObservationKey> keys, Set<String> paths) {
    return links(paths).filter(found -> keys.contains(found.key())).toList();
  }

  private Stream<FoundLink> links(Set<String> paths) {
    return rows.values().stream()
        .flatMap(
            row ->
                row.put().links().stream()
                    .filter(link -> paths.isEmpty() || paths.contains(link.path()))
                    .map(link -> new FoundLink(row.put().key(), link)));
  }

  @Override
  public long erase(TenantId tenant, Collection<ObservationKey> keys) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long eraseVersions(TenantId tenant, ObservationKey key, Set<Long> versions) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Erased eraseSubject(TenantId tenant, long patientPid, int most) {
    throw new UnsupportedOperationException();
  }
}
