package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Observations in {@code telemetry.observation}, its partitions and the tables beside it. */
public final class PostgresObservations implements Observations {

  private final KeyNumbers numbers;
  private final ObservationWriter writer;
  private final ObservationReader reader;
  private final ObservationSearch search;
  private final ObservationHistory history;
  private final ObservationLinks links;
  private final ObservationErasure erasure;

  /**
   * On the data source of the transactions that record.
   *
   * @param partitions the same that a schedule makes ahead
   * @param extractor finds what searches see
   */
  public PostgresObservations(
      DataSource dataSource, ObservationPartitions partitions, IndexExtractor extractor) {
    JdbcClient jdbc = JdbcClient.create(dataSource);
    PostgresShapes shapes = new PostgresShapes(dataSource, extractor);
    this.numbers = new KeyNumbers(jdbc);
    this.writer = new ObservationWriter(dataSource, shapes, partitions, extractor);
    this.reader = new ObservationReader(jdbc, shapes);
    this.search = new ObservationSearch(dataSource);
    this.history = new ObservationHistory(jdbc, shapes);
    this.links = new ObservationLinks(jdbc);
    this.erasure = new ObservationErasure(jdbc);
  }

  @Override
  public List<ObservationKey> allocate(List<Instant> placedAt) {
    return numbers.take(placedAt);
  }

  @Override
  public void record(TenantId tenant, long sequence, List<ObservationWrite> writes) {
    writer.record(tenant, sequence, writes);
  }

  @Override
  public Map<String, ObservationState> findByIds(TenantId tenant, Collection<String> ids) {
    return reader.findByIds(tenant, ids);
  }

  @Override
  public Map<ObservationKey, ObservationState> findByKeys(
      TenantId tenant, Collection<ObservationKey> keys) {
    return reader.findByKeys(tenant, keys);
  }

  @Override
  public Map<ObservationKey, StoredObservation> load(
      TenantId tenant, Collection<ObservationKey> keys) {
    return reader.load(tenant, keys);
  }

  @Override
  public Optional<StoredObservation> load(TenantId tenant, ObservationKey key, long version) {
    return reader.load(tenant, key, version);
  }

  @Override
  public List<ObservationPosition> search(ObservationQuery query) {
    return search.search(query);
  }

  @Override
  public long count(TenantId tenant, Criterion filter) {
    return search.count(tenant, filter);
  }

  @Override
  public List<StoredObservation> history(HistoryQuery query) {
    return history.find(query);
  }

  @Override
  public long countHistory(HistoryQuery query) {
    return history.count(query);
  }

  @Override
  public List<FoundLink> linksTo(
      TenantId tenant, Collection<Long> targetPids, Set<String> paths, int limit) {
    return links.to(tenant, targetPids, paths, limit);
  }

  @Override
  public List<FoundLink> linksFrom(
      TenantId tenant, Collection<ObservationKey> keys, Set<String> paths) {
    return links.from(tenant, keys, paths);
  }

  @Override
  public long erase(TenantId tenant, Collection<ObservationKey> keys) {
    return erasure.erase(tenant, keys);
  }

  @Override
  public long eraseVersions(TenantId tenant, ObservationKey key, Set<Long> versions) {
    return erasure.eraseVersions(tenant, key, versions);
  }

  @Override
  public Erased eraseSubject(TenantId tenant, long patientPid, int most) {
    return erasure.eraseSubject(tenant, patientPid, most);
  }
}
