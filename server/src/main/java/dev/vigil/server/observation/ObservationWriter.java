package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.util.JpaConstants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.Observations;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Observation;

/** Makes versions of Observations and hands them to the transaction's batch. */
final class ObservationWriter {

  private static final String KEY = ObservationWriter.class.getName() + ".key";

  /** A key that waits for its Observation, and the moment it was allocated for. */
  private record Allotted(ObservationKey key, Instant placedAt) {}

  private final Observations store;
  private final PartitionTenants tenants;
  private final HapiObservations plain;
  private final ObservationLinks links;
  private final ObservationJson json;
  private final Conditions conditions;
  private final HapiParts hapi;
  private final StoredForm form;
  private final Clock clock;

  ObservationWriter(
      Observations store,
      PartitionTenants tenants,
      ObservationLinks links,
      ObservationJson json,
      Conditions conditions,
      HapiParts hapi,
      Clock clock) {
    this.store = store;
    this.tenants = tenants;
    this.plain = hapi.plain();
    this.links = links;
    this.json = json;
    this.conditions = conditions;
    this.hapi = hapi;
    this.form = new StoredForm(hapi, json);
    this.clock = clock;
  }

  /** Gives each of them a key, in one call of the store, for when it is created. */
  void allot(List<Observation> observations) {
    Instant now = clock.instant();
    List<Instant> moments =
        observations.stream()
            .map(observation -> ObservationTime.placedAt(observation, now))
            .toList();
    List<ObservationKey> keys = store.allocate(moments);
    for (int i = 0; i < keys.size(); i++) {
      observations.get(i).setUserData(KEY, new Allotted(keys.get(i), moments.get(i)));
    }
  }

  private Allotted allotted(Observation observation) {
    if (observation.getUserData(KEY) == null) {
      allot(List.of(observation));
    }
    return (Allotted) observation.getUserData(KEY);
  }

  /** Replaces whatever id it has by one of the server's, or one that an interceptor chose. */
  void nameByServer(Observation observation) {
    Object chosen = observation.getUserData(JpaConstants.RESOURCE_ID_SERVER_ASSIGNED_VALUE);
    observation.setId(chosen == null ? allotted(observation).key().id() : chosen.toString());
    observation.setUserData(JpaConstants.RESOURCE_ID_SERVER_ASSIGNED, Boolean.TRUE);
  }

  /**
   * A new Observation under the id it has. Nothing is written yet.
   *
   * @param condition it is created under; null for none
   */
  ObservationEntity begin(
      Observation observation,
      RequestPartitionId partition,
      String condition,
      TransactionDetails transaction) {
    Allotted allotted = allotted(observation);
    observation.setUserData(KEY, null);
    ObservationEntity entity =
        ObservationEntity.created(
            tenants.one(partition),
            partition,
            allotted.key(),
            observation.getIdElement().getIdPart(),
            allotted.placedAt(),
            condition,
            transaction.getTransactionDate().toInstant());
    TransactionWrites.of(store).meet(entity);
    return entity;
  }

  /** Writes the first version. */
  void store(
      ObservationEntity entity,
      Observation observation,
      RequestDetails request,
      TransactionDetails transaction) {
    plain.check(observation);
    List<ObservationLink> resolved = links.resolve(entity, observation, request, transaction);
    ObservationTags.dropRepeats(observation.getMeta());
    hapi.plain().sortTags(observation);
    String condition = entity.createdByMatchUrl();
    if (condition != null) {
      conditions.require(condition, observation, "create", request);
    }
    write(entity, observation, false, resolved, request, transaction);
  }

  /**
   * Writes the next version, unless it would say the same.
   *
   * @param force also if it says the same
   * @param carryOver whether tags of the last version stay
   */
  void storeNext(
      ObservationEntity entity,
      Observation observation,
      boolean force,
      boolean carryOver,
      RequestDetails request,
      TransactionDetails transaction) {
    plain.check(observation);
    List<ObservationLink> resolved = links.resolve(entity, observation, request, transaction);
    Observation last = lastSaid(entity);
    if (carryOver) {
      ObservationTags.carryOver(
          last.getMeta(), observation.getMeta(), request, ReadingCheck.INTAKE_TAG);
    }
    hapi.plain().sortTags(observation);
    boolean same =
        entity.hasJson()
            && !force
            && hapi.settings().isSuppressUpdatesWithNoChange()
            && json.content(last).equals(json.content(observation));
    if (same) {
      entity.leave();
      json.mark(observation, entity);
    } else {
      write(entity, observation, true, resolved, request, transaction);
    }
  }

  /** The newest version with content: that before a deletion. */
  private Observation lastSaid(ObservationEntity entity) {
    if (entity.hasJson()) {
      return json.parse(entity);
    }
    return store
        .load(entity.tenant(), entity.key(), entity.getVersion() - 1)
        .filter(version -> !version.deleted())
        .map(
            version ->
                json.parse(ObservationEntity.stored(entity.tenant(), entity.partition(), version)))
        .orElseGet(Observation::new);
  }

  private void write(
      ObservationEntity entity,
      Observation observation,
      boolean nextVersion,
      List<ObservationLink> resolved,
      RequestDetails request,
      TransactionDetails transaction) {
    form.setSource(observation, request == null ? null : request.getRequestId());
    String body = json.stored(observation);
    StoredJson.note(observation, body, resolved);
    Instant written = transaction.getTransactionDate().toInstant();
    entity.write(body, nextVersion, written);
    StoredJson.note(observation, entity);
    Instant placedAt =
        nextVersion ? ObservationTime.placedAt(observation, written) : entity.placedAt();
    List<String> matchUrls = new ArrayList<>();
    if (!nextVersion && entity.createdByMatchUrl() != null) {
      conditions
          .identifier(entity.createdByMatchUrl())
          .ifPresentOrElse(
              one -> TransactionWrites.of(store).createsUnder(one.in(entity.tenant())),
              () -> matchUrls.add(conditions.canonical(entity.createdByMatchUrl())));
    }
    send(
        entity,
        new ObservationWrite.Put(
            entity.key(),
            entity.getFhirId(),
            entity.getVersion(),
            written,
            body,
            ObservationTime.effective(observation),
            placedAt,
            resolved,
            matchUrls));
    json.mark(observation, entity);
  }

  /** Writes that it is gone. */
  void delete(ObservationEntity entity, TransactionDetails transaction) {
    entity.delete(Instant.ofEpochMilli(clock.millis()));
    send(
        entity, new ObservationWrite.Delete(entity.key(), entity.getVersion(), entity.updatedAt()));
  }

  private void send(ObservationEntity entity, ObservationWrite write) {
    TransactionWrites.of(store).add(entity.tenant(), write);
  }
}
