package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Observations in {@code telemetry.observation}, its partitions and the tables beside it. */
public final class PostgresObservations implements Observations {

  private final IndexExtractor extractor;
  private final TextsOfShapes texts;
  private final TenantNumbers tenants;
  private final Targets targets;
  private final PostgresShapes shapes;
  private final Claims claims;
  private final KeyNumbers numbers;
  private final ObservationWriter writer;
  private final ObservationReader reader;
  private final ObservationSearch search;
  private final ObservationReader readerAlone;
  private final ObservationSearch searchAlone;
  private final ReferredTo referred;
  private final ObservationHistory history;
  private final ObservationLinks links;
  private final ObservationErasure erasure;
  private final EntriesInUse entriesInUse;

  /**
   * On the data source of the transactions that record.
   *
   * @param partitions the same that a schedule makes ahead
   * @param extractor finds what searches see
   * @param listener told of each Observation that {@link #record} writes
   */
  public PostgresObservations(
      DataSource dataSource,
      ObservationPartitions partitions,
      IndexExtractor extractor,
      ShapeListener listener) {
    this(dataSource, dataSource, partitions, extractor, listener);
  }

  /**
   * With other connections for what is asked outside of transactions by {@link #load(TenantId,
   * Collection)}, {@link #find}, {@link #newestOfShapes} and {@link #count}.
   *
   * @param questions to the same database
   */
  public PostgresObservations(
      DataSource dataSource,
      DataSource questions,
      ObservationPartitions partitions,
      IndexExtractor extractor,
      ShapeListener listener) {
    JdbcClient jdbc = JdbcClient.create(dataSource);
    this.extractor = extractor;
    this.texts = new TextsOfShapes(extractor);
    this.shapes = new PostgresShapes(dataSource, extractor);
    this.tenants = new TenantNumbers(jdbc);
    NamedParameterJdbcTemplate named = new NamedParameterJdbcTemplate(dataSource);
    PackedWeeks packed = new PackedWeeks(jdbc);
    this.claims = new Claims(jdbc, tenants, shapes, packed);
    this.targets = new Targets(jdbc);
    StoredRows storedRows = new StoredRows(shapes, targets);
    this.numbers = new KeyNumbers(jdbc);
    this.writer =
        new ObservationWriter(dataSource, shapes, partitions, targets, packed, extractor, listener);
    this.reader = new ObservationReader(jdbc, storedRows, packed);
    FilterPlans plans = new FilterPlans(named, targets);
    PlaceRanges ranges = new PlaceRanges(jdbc);
    this.search = new ObservationSearch(named, plans, ranges, storedRows, packed);
    this.readerAlone = new ObservationReader(JdbcClient.create(questions), storedRows, packed);
    NamedParameterJdbcTemplate alone = new NamedParameterJdbcTemplate(questions);
    this.searchAlone =
        new ObservationSearch(alone, new FilterPlans(alone, targets), ranges, storedRows, packed);
    this.referred = new ReferredTo(named, plans, ranges, packed);
    this.history = new ObservationHistory(jdbc, storedRows, packed);
    this.links = new ObservationLinks(jdbc, targets, packed);
    this.erasure = new ObservationErasure(jdbc, targets, packed);
    this.entriesInUse = new EntriesInUse(jdbc);
  }

  @Override
  public List<ObservationKey> allocate(List<Instant> placedAt) {
    return numbers.take(placedAt);
  }

  @Override
  public Optional<KnownShape> shape(TenantId tenant, String template) {
    return Optional.ofNullable(shapes.known(tenants.find(tenant), template))
        .map(shape -> new KnownShape(tenant, shape, extractor, texts));
  }

  @Override
  public void append(List<NewObservation.Message> messages) {
    Map<Integer, List<NewObservation.Message>> messagesOf = new LinkedHashMap<>();
    for (NewObservation.Message message : messages) {
      messagesOf
          .computeIfAbsent(tenants.of(message.tenant()), tenant -> new ArrayList<>())
          .add(message);
    }
    writer.append(messagesOf);
  }

  @Override
  public Map<ObservationIdentifier, Set<ObservationKey>> claim(
      Set<ObservationIdentifier> identifiers) {
    return claims.claim(identifiers);
  }

  @Override
  public void told(TenantId tenant, long sequence, Collection<ObservationKey> keys) {
    writer.told(tenants.find(tenant), sequence, keys);
  }

  @Override
  public void record(TenantId tenant, long sequence, List<ObservationWrite> writes) {
    writer.record(tenants.of(tenant), sequence, writes);
  }

  @Override
  public Map<String, ObservationState> findByIds(TenantId tenant, Collection<String> ids) {
    return reader.findByIds(tenants.find(tenant), ids);
  }

  @Override
  public Map<ObservationKey, ObservationState> findByKeys(
      TenantId tenant, Collection<ObservationKey> keys) {
    return reader.findByKeys(tenants.find(tenant), keys);
  }

  @Override
  public Map<ObservationKey, StoredObservation> load(
      TenantId tenant, Collection<ObservationKey> keys) {
    return (inTransaction() ? reader : readerAlone).load(tenants.find(tenant), keys);
  }

  @Override
  public Optional<StoredObservation> load(TenantId tenant, ObservationKey key, long version) {
    return reader.load(tenants.find(tenant), key, version);
  }

  @Override
  public List<ObservationPosition> search(ObservationQuery query) {
    return search.search(tenants.find(query.tenant()), query);
  }

  @Override
  public List<StoredObservation> find(ObservationQuery query) {
    return searching().find(tenants.find(query.tenant()), query);
  }

  @Override
  public Optional<List<StoredObservation>> newestOfShapes(
      TenantId tenant, Criterion filter, int max) {
    return searching().newestOfShapes(tenants.find(tenant), tenant, filter, max);
  }

  @Override
  public Set<Long> targets(TenantId tenant, Criterion filter, Set<String> paths, String type) {
    return referred.targets(tenants.find(tenant), filter, paths, type);
  }

  @Override
  public OptionalLong pid(TenantId tenant, String type, String id) {
    return targets.pid(tenants.find(tenant), type, id);
  }

  @Override
  public long count(TenantId tenant, Criterion filter) {
    return searching().count(tenants.find(tenant), filter);
  }

  private ObservationSearch searching() {
    return inTransaction() ? search : searchAlone;
  }

  private static boolean inTransaction() {
    return TransactionSynchronizationManager.isActualTransactionActive();
  }

  @Override
  public List<StoredObservation> history(HistoryQuery query) {
    return history.find(tenants.find(query.tenant()), query);
  }

  @Override
  public List<StoredObservation> supersededAt(
      TenantId tenant, Instant at, Collection<Long> patientPids, int most) {
    int number = tenants.find(tenant);
    return history.supersededAt(
        number, at, patientPids == null ? null : targets.numbers(number, patientPids), most);
  }

  @Override
  public List<IndexEntry> inUse(TenantId tenant, Set<String> params) {
    return entriesInUse.of(tenants.find(tenant), params);
  }

  @Override
  public long countHistory(HistoryQuery query) {
    return history.count(tenants.find(query.tenant()), query);
  }

  @Override
  public List<FoundLink> linksTo(
      TenantId tenant, Collection<Long> targetPids, Set<String> paths, int limit) {
    return links.to(tenants.find(tenant), targetPids, paths, limit);
  }

  @Override
  public List<FoundLink> linksFrom(
      TenantId tenant, Collection<ObservationKey> keys, Set<String> paths) {
    return links.from(tenants.find(tenant), keys, paths);
  }

  @Override
  public long erase(TenantId tenant, Collection<ObservationKey> keys) {
    return erasure.erase(tenants.find(tenant), keys);
  }

  @Override
  public long eraseVersions(TenantId tenant, ObservationKey key, Set<Long> versions) {
    return erasure.eraseVersions(tenants.find(tenant), key, versions);
  }

  @Override
  public Erased eraseSubject(TenantId tenant, long patientPid, int most) {
    return erasure.eraseSubject(tenants.find(tenant), patientPid, most);
  }
}
