package dev.vigil.server.direct;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.server.observation.search.ObservationFilters;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.transaction.support.TransactionOperations;

/** Asks the store what HAPI's search classes would ask it, and words the answer as they do. */
final class DirectReads {

  /** HAPI looks for so many at once at least, by its first pre-fetch threshold. */
  private static final int FIRST_PASS = 13;

  private final FhirContext context;
  private final Observations store;
  private final PartitionTenants partitions;
  private final ObservationFilters filters;
  private final SavedSearches saved;
  private final TransactionOperations transactions;
  private final PassedOn passedOn;
  private final Clock clock;

  DirectReads(
      FhirContext context,
      Observations store,
      PartitionTenants partitions,
      ObservationFilters filters,
      SavedSearches saved,
      TransactionOperations transactions,
      Clock clock) {
    this.context = context;
    this.store = store;
    this.partitions = partitions;
    this.filters = filters;
    this.saved = saved;
    this.transactions = transactions;
    this.passedOn = new PassedOn(context);
    this.clock = clock;
  }

  /** Empty if HAPI has to answer. */
  Optional<DirectAnswer> answer(DirectRequest asked, TenantId tenant, String base) {
    if (asked.kind() == DirectRequest.Kind.READ) {
      return read(asked.id(), tenant, base);
    }
    RequestPartitionId partition = partitions.of(tenant);
    SearchParameterMap map = asked.map(context);
    SystemRequestDetails request = SystemRequestDetails.forRequestPartitionId(partition);
    request.setTenantId(tenant.value());
    request.setFhirServerBase(base);
    Criterion filter =
        needsHapi(asked, tenant)
            ? transactions.execute(tx -> filters.of(map, partition, request))
            : filters.of(map, partition, request);
    Instant begin = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    BundleText bundle = new BundleText(base, UUID.randomUUID().toString(), begin);
    if (asked.kind() == DirectRequest.Kind.COUNT) {
      return Optional.of(bundle.counted(store.count(tenant, filter)));
    }
    return page(asked, map, filter, tenant, partition, bundle);
  }

  /** A patient that no reading is about is looked up by HAPI, which wants a transaction for it. */
  private boolean needsHapi(DirectRequest asked, TenantId tenant) {
    return asked
        .value(DirectRequest.PATIENT)
        .filter(
            patient ->
                store.pid(tenant, "Patient", patient.substring(patient.indexOf('/') + 1)).isEmpty())
        .isPresent();
  }

  private Optional<DirectAnswer> read(String id, TenantId tenant, String base) {
    ObservationKey key = ObservationKey.ofId(id).orElseThrow();
    StoredObservation found = store.load(tenant, List.of(key)).get(key);
    if (found == null || found.deleted() || !found.id().equals(id)) {
      return Optional.empty();
    }
    String version = Long.toString(found.version());
    return passedOn
        .of(tenant, found, base)
        .map(
            json ->
                new DirectAnswer(
                    json,
                    found.updatedAt(),
                    base + "/Observation/" + id + "/_history/" + version,
                    "W/\"" + version + "\""));
  }

  /** The first page, and the first pass of HAPI's search where there is a second one. */
  private Optional<DirectAnswer> page(
      DirectRequest asked,
      SearchParameterMap map,
      Criterion filter,
      TenantId tenant,
      RequestPartitionId partition,
      BundleText bundle) {
    int first = Math.max(FIRST_PASS, map.getCount() == null ? 0 : map.getCount()) + 1;
    List<StoredObservation> hits =
        asked.kind() == DirectRequest.Kind.LASTN
            ? filters.last(filter, map.getLastNMax() == null ? 1 : map.getLastNMax(), partition)
            : store.find(
                new ObservationQuery(tenant, filter, filters.sorts(map.getSort()), first, 0, null));
    boolean all = hits.size() < first;
    if (!all && (map.getCount() == null || asked.kind() == DirectRequest.Kind.LASTN)) {
      return Optional.empty(); // HAPI goes on to the next pass.
    }
    int shown = map.getCount() == null ? hits.size() : Math.min(map.getCount(), hits.size());
    List<String> entries = new ArrayList<>(shown);
    for (StoredObservation hit : hits.subList(0, shown)) {
      Optional<String> entry = passedOn.of(tenant, hit, bundle.base());
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      entries.add(bundle.entry(hit.id(), entry.get()));
    }
    boolean more = shown < hits.size();
    if (more) {
      List<Long> numbers = hits.stream().map(hit -> SyntheticPid.number(hit.key())).toList();
      saved.save(bundle.id(), bundle.begin(), tenant, asked, numbers, all);
    }
    return Optional.of(bundle.page(asked, entries, all ? hits.size() : null, more ? shown : null));
  }
}
