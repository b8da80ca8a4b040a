package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.dao.IDao;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.dao.EntriesToProcessMap;
import ca.uhn.fhir.jpa.dao.IdSubstitutionMap;
import ca.uhn.fhir.jpa.dao.TransactionProcessor;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.util.StopWatch;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.Conditions.OneIdentifier;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Observation;

/** HAPI's transactions, in which Observations go to our store in one batch. */
class ObservationTransactions extends TransactionProcessor {

  private final Observations store;
  private final PartitionTenants tenants;
  private final ObservationWriter writer;
  private final ObservationJson json;
  private final Conditions conditions;
  private final EntryVersions versions;

  ObservationTransactions(
      Observations store,
      PartitionTenants tenants,
      ObservationWriter writer,
      ObservationJson json,
      Conditions conditions,
      EntryVersions versions) {
    this.store = store;
    this.tenants = tenants;
    this.writer = writer;
    this.json = json;
    this.conditions = conditions;
    this.versions = versions;
  }

  @Override
  protected EntriesToProcessMap doTransactionWriteOperations(
      RequestDetails request,
      RequestPartitionId partition,
      String action,
      TransactionDetails transaction,
      Set<IIdType> allIds,
      IdSubstitutionMap substitutions,
      Map<IIdType, DaoMethodOutcome> outcomes,
      IBaseBundle response,
      IdentityHashMap<IBase, Integer> order,
      List<IBase> entries,
      StopWatch watch) {
    versions.require(entries, request);
    List<Observation> created = new ArrayList<>();
    for (IBase entry : entries) {
      if (entry instanceof BundleEntryComponent one
          && one.getRequest().getMethod() == HTTPVerb.POST
          && one.getResource() instanceof Observation observation) {
        created.add(observation);
      }
    }
    if (!created.isEmpty()) {
      writer.allot(created);
    }
    return super.doTransactionWriteOperations(
        request,
        partition,
        action,
        transaction,
        allIds,
        substitutions,
        outcomes,
        response,
        order,
        entries,
        watch);
  }

  /**
   * HAPI looks conditions up in its own index and notes those of Observations as met by nothing.
   * Here they are asked of our store: those for one identifier, which is nearly all, in one query;
   * the others are forgotten again and asked one by one when their turn comes.
   */
  @Override
  public void preFetchSearchParameterMaps(
      RequestDetails request,
      TransactionDetails transaction,
      RequestPartitionId partition,
      List<MatchUrlToResolve> asked,
      Set<JpaPid> bodies,
      Set<JpaPid> versions) {
    super.preFetchSearchParameterMaps(request, transaction, partition, asked, bodies, versions);
    Map<String, OneIdentifier> byIdentifier = new HashMap<>();
    for (String url : unmet(transaction)) {
      conditions
          .identifier(url)
          .ifPresentOrElse(
              one -> byIdentifier.put(url, one), () -> transaction.removeResolvedMatchUrl(url));
    }
    if (!byIdentifier.isEmpty()) {
      resolve(byIdentifier, partition, transaction);
    }
  }

  private static List<String> unmet(TransactionDetails transaction) {
    return transaction.getResolvedMatchUrls().entrySet().stream()
        .filter(entry -> entry.getValue() == TransactionDetails.NOT_FOUND)
        .map(Map.Entry::getKey)
        .filter(url -> url.startsWith(SyntheticPid.TYPE + "?"))
        .toList();
  }

  /** Where several are found, the usual way comes to the same end and says so. */
  private void resolve(
      Map<String, OneIdentifier> urls,
      RequestPartitionId partition,
      TransactionDetails transaction) {
    List<Criterion> any =
        urls.values().stream()
            .distinct()
            .<Criterion>map(
                one -> Criterion.Token.of(Observation.SP_IDENTIFIER, one.system(), one.value()))
            .toList();
    List<Observation> found = new ArrayList<>();
    for (TenantId tenant : tenants.of(partition)) {
      List<ObservationKey> hits =
          store.search(ObservationQuery.of(tenant, new Criterion.Any(any), 2 * any.size())).stream()
              .map(ObservationPosition::key)
              .toList();
      if (!hits.isEmpty()) {
        store.load(tenant, hits).values().forEach(stored -> found.add(parse(tenant, stored)));
      }
    }
    urls.forEach(
        (url, one) -> {
          List<Observation> matches = found.stream().filter(one::of).toList();
          if (!matches.isEmpty()) {
            transaction.removeResolvedMatchUrl(url);
          }
          if (matches.size() == 1) {
            note(url, matches.get(0), transaction);
          }
        });
  }

  private void note(String url, Observation match, TransactionDetails transaction) {
    JpaPid pid = (JpaPid) IDao.RESOURCE_PID.get(match);
    pid.setVersion(match.getIdElement().getVersionIdPartAsLong());
    pid.setAssociatedResourceId(match.getIdElement().toUnqualifiedVersionless());
    transaction.addResolvedResourceId(pid.getAssociatedResourceId(), pid);
    transaction.addResolvedMatchUrl(json.context(), url, pid);
  }

  private Observation parse(TenantId tenant, StoredObservation stored) {
    return json.parse(ObservationEntity.stored(tenant, tenants.of(tenant), stored));
  }

  @Override
  protected void handleVerbChangeInTransactionWriteOperations() {
    super.handleVerbChangeInTransactionWriteOperations();
    TransactionWrites.flushPending();
  }

  @Override
  protected void flushSession(Map<IIdType, DaoMethodOutcome> outcomes) {
    super.flushSession(outcomes);
    requireOneEach(outcomes);
    TransactionWrites.flushPending();
  }

  /** HAPI makes sure of this for its own resources only. */
  private void requireOneEach(Map<IIdType, DaoMethodOutcome> outcomes) {
    List<Observation> written =
        outcomes.values().stream()
            .filter(outcome -> !outcome.isNop())
            .map(DaoMethodOutcome::getResource)
            .filter(Observation.class::isInstance)
            .map(Observation.class::cast)
            .toList();
    Map<OneIdentifier, Integer> carriers = new HashMap<>();
    written.stream()
        .flatMap(
            observation ->
                observation.getIdentifier().stream()
                    .map(found -> new OneIdentifier(found.getSystem(), found.getValue()))
                    .distinct())
        .forEach(one -> carriers.merge(one, 1, Integer::sum));
    for (DaoMethodOutcome outcome : outcomes.values()) {
      boolean conditional =
          Boolean.TRUE.equals(outcome.getCreated())
              && outcome.getMatchUrl() != null
              && outcome.getEntity() instanceof ObservationEntity;
      if (conditional && matches(outcome.getMatchUrl(), written, carriers) > 1) {
        throw new InvalidRequestException(
            Msg.code(542)
                + "Unable to process transaction - Request would cause multiple resources to"
                + " match one conditional URL. Does transaction request contain duplicates?");
      }
    }
  }

  private long matches(
      String url, List<Observation> written, Map<OneIdentifier, Integer> carriers) {
    Optional<OneIdentifier> identifier = conditions.identifier(url);
    return identifier.isPresent()
        ? carriers.getOrDefault(identifier.get(), 0)
        : written.stream()
            .filter(one -> conditions.met(url, one, null).orElse(false))
            .limit(2)
            .count();
  }
}
