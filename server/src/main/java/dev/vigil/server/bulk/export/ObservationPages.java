package dev.vigil.server.bulk.export;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import dev.vigil.server.bulk.TenantTypes;
import dev.vigil.server.observation.search.ObservationFilters;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Our store in the order of its keys. */
@Component
class ObservationPages implements PageSource {

  private static final int PAGE = 1_000;

  private final Observations observations;
  private final ObservationFilters filters;
  private final TenantTypes types;
  private final FhirContext context;
  private final TransactionTemplate transactions;

  ObservationPages(
      Observations observations,
      ObservationFilters filters,
      TenantTypes types,
      FhirContext context,
      PlatformTransactionManager transactions) {
    this.observations = observations;
    this.filters = filters;
    this.types = types;
    this.context = context;
    this.transactions = new TransactionTemplate(transactions);
    this.transactions.setReadOnly(true);
  }

  /** In a transaction: HAPI resolves what a filter refers to in one. */
  @Override
  public Page after(Extract extract, long after) {
    return transactions.execute(status -> page(extract, after));
  }

  private Page page(Extract extract, long after) {
    ObservationQuery query = ObservationQuery.of(extract.tenant(), criterion(extract), PAGE);
    if (after > 0) {
      query = query.after(new ObservationPosition(null, new ObservationKey(after)));
    }
    List<ObservationKey> keys =
        observations.search(query).stream().map(ObservationPosition::key).toList();
    if (keys.isEmpty()) {
      return new Page(List.of(), after, true);
    }
    List<Resource> resources = new ArrayList<>(keys.size());
    for (StoredObservation newest : observations.load(extract.tenant(), keys).values()) {
      asOf(newest, extract).map(this::resource).ifPresent(resources::add);
    }
    return new Page(resources, keys.get(keys.size() - 1).value(), keys.size() < PAGE);
  }

  private Criterion criterion(Extract extract) {
    List<Criterion> all = new ArrayList<>();
    if (extract.ofPatients()) {
      all.add(filters.about(extract.numbers()));
    }
    if (extract.since() != null) {
      // The store counts both ends in.
      all.add(new Criterion.Updated(extract.since().plusNanos(1_000), null));
    }
    if (!extract.filters().isEmpty()) {
      SystemRequestDetails request = types.request(extract.tenant(), extract.type());
      all.add(
          new Criterion.Any(
              extract.filters().stream()
                  .map(filter -> filters.of(filter, extract.partition(), request))
                  .toList()));
    }
    return new Criterion.All(all);
  }

  /** The newest version that was there at the moment; empty if there was none. */
  private Optional<StoredObservation> asOf(StoredObservation newest, Extract extract) {
    Instant asOf = extract.asOf();
    Optional<StoredObservation> found = Optional.of(newest);
    while (found.isPresent() && found.get().updatedAt().isAfter(asOf)) {
      StoredObservation later = found.get();
      found =
          later.version() <= 1
              ? Optional.empty()
              : observations.load(extract.tenant(), later.key(), later.version() - 1);
    }
    return found
        .filter(version -> !version.deleted())
        .filter(version -> extract.since() == null || version.updatedAt().isAfter(extract.since()));
  }

  Observation resource(StoredObservation stored) {
    IParser parser = context.newJsonParser();
    parser.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
    Observation observation = parser.parseResource(Observation.class, stored.json());
    observation.setId(new IdType("Observation", stored.id(), Long.toString(stored.version())));
    observation
        .getMeta()
        .setVersionId(Long.toString(stored.version()))
        .setLastUpdated(Date.from(stored.updatedAt()));
    return observation;
  }
}
