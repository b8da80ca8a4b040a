package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.model.cross.IBasePersistedResource;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.util.JpaConstants;
import ca.uhn.fhir.jpa.update.UpdateParameters;
import ca.uhn.fhir.rest.api.InterceptorInvocationTimingEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.util.StopWatch;
import java.util.Date;
import java.util.Objects;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;

/**
 * Updates Observations in our store, with the steps, answers and hooks of HAPI's own DAO in its
 * order. In a FHIR transaction HAPI calls in two passes: the first gives ids and calls hooks and
 * writes nothing; the second, when all references are known, collects the writes for {@link
 * ObservationTransactions} to send.
 */
class StoredObservationDao extends ObservationCreates {

  private final HapiParts hapi;
  private final ObservationReader reader;
  private final ObservationWriter writer;

  StoredObservationDao(
      HapiParts hapi,
      ObservationReader reader,
      ObservationWriter writer,
      ObservationJson json,
      ObservationDeleteConflicts conflicts) {
    super(hapi, reader, writer, json, conflicts);
    this.hapi = hapi;
    this.reader = reader;
    this.writer = writer;
  }

  @Override
  @Deprecated
  public DaoMethodOutcome update(Observation observation) {
    return update(observation, null, null);
  }

  @Override
  public DaoMethodOutcome update(Observation observation, RequestDetails request) {
    return update(observation, null, request);
  }

  @Override
  @Deprecated
  public DaoMethodOutcome update(Observation observation, String condition) {
    return update(observation, condition, null);
  }

  @Override
  public DaoMethodOutcome update(
      Observation observation, String condition, RequestDetails request) {
    return update(observation, condition, true, request);
  }

  @Override
  public DaoMethodOutcome update(
      Observation observation, String condition, boolean store, RequestDetails request) {
    return update(observation, condition, store, false, request, new TransactionDetails());
  }

  @Override
  public DaoMethodOutcome update(
      Observation observation,
      String condition,
      boolean store,
      boolean force,
      RequestDetails request,
      TransactionDetails transaction) {
    requireBody(observation, 986);
    if (!observation.getIdElement().hasIdPart() && !isNotBlank(condition)) {
      throw new InvalidRequestException(
          Msg.code(987) + message("updateWithNoId", SyntheticPid.TYPE));
    }
    if (request != null && request.isRewriteHistory()) {
      throw new InvalidRequestException(
          Msg.code(2781) + message("updateWithHistoryRewriteDisabled"));
    }
    String named = observation.getIdElement().getValue();
    transaction.addRollbackUndoAction(() -> observation.getIdElement().setValue(named));
    RequestPartitionId partition = createPartition(observation, request);
    return hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(transaction)
        .withRequestPartitionId(partition)
        .execute(
            () -> update(observation, condition, store, force, request, transaction, partition));
  }

  private DaoMethodOutcome update(
      Observation observation,
      String condition,
      boolean store,
      boolean force,
      RequestDetails request,
      TransactionDetails transaction,
      RequestPartitionId partition) {
    preProcessResourceForStorage(observation, request, transaction, store);
    ObservationEntity entity =
        isNotBlank(condition)
            ? matched(observation, condition, request, transaction, partition)
            : named(observation, request, transaction, partition);
    if (entity == null) {
      if (!observation.getIdElement().hasIdPart()) {
        writer.nameByServer(observation);
      }
      return create(
          observation,
          isNotBlank(condition) ? condition : null,
          false,
          store,
          request,
          partition,
          RestOperationTypeEnum.UPDATE,
          transaction);
    }
    IIdType id = isNotBlank(condition) ? entity.getIdDt() : observation.getIdElement();
    return doUpdateForUpdateOrPatch(
        new UpdateParameters<Observation>()
            .setRequestDetails(request)
            .setResourceIdToUpdate(
                id.hasResourceType() ? id : id.withResourceType(SyntheticPid.TYPE))
            .setMatchUrl(condition)
            .setShouldPerformIndexing(store)
            .setShouldForceUpdateVersion(force)
            .setResource(observation)
            .setEntity(entity)
            .setOperationType(RestOperationTypeEnum.UPDATE)
            .setTransactionDetails(transaction)
            .setShouldForcePopulateOldResourceForProcessing(false));
  }

  private ObservationEntity matched(
      Observation observation,
      String condition,
      RequestDetails request,
      TransactionDetails transaction,
      RequestPartitionId partition) {
    JpaPid match = match(condition, "UPDATE", 988, observation, request, partition, transaction);
    if (match == null) {
      return null;
    }
    ObservationEntity entity = readEntityLatestVersion(match, request, transaction);
    String sent = observation.getIdElement().getIdPart();
    if (sent != null && !Objects.equals(sent, entity.getFhirId())) {
      throw new InvalidRequestException(
          Msg.code(2279)
              + message("transactionOperationWithIdNotMatchFailure", "UPDATE", condition));
    }
    return entity;
  }

  private ObservationEntity named(
      Observation observation,
      RequestDetails request,
      TransactionDetails transaction,
      RequestPartitionId partition) {
    boolean unchecked =
        request != null
            && JpaConstants.HEADER_UPSERT_EXISTENCE_CHECK_DISABLED.equals(
                request.getHeader(JpaConstants.HEADER_UPSERT_EXISTENCE_CHECK));
    IIdType id = observation.getIdElement();
    IIdType typed = id.hasResourceType() ? id : id.withResourceType(SyntheticPid.TYPE);
    return unchecked || transaction.hasNullResolvedResourceId(typed)
        ? null
        : reader.newest(typed, partition).orElse(null);
  }

  @Override
  public IBasePersistedResource<JpaPid> updateEntity(
      RequestDetails request,
      IBaseResource resource,
      IBasePersistedResource entity,
      Date deletedAt,
      boolean store,
      boolean nextVersion,
      TransactionDetails transaction,
      boolean force,
      boolean history) {
    ObservationEntity ours = (ObservationEntity) entity;
    writer.store(ours, (Observation) resource, request, transaction);
    return ours;
  }

  @Override
  public DaoMethodOutcome updateInternal(
      RequestDetails request,
      Observation observation,
      String condition,
      boolean store,
      boolean force,
      IBasePersistedResource entity,
      IIdType id,
      IBaseResource old,
      RestOperationTypeEnum operation,
      TransactionDetails transaction) {
    ObservationEntity ours = (ObservationEntity) entity;
    observation.setId(ours.getIdDt().getValue());
    doCallHooks(
        transaction,
        request,
        Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED,
        hook(request, transaction)
            .add(IBaseResource.class, old)
            .add(IBaseResource.class, observation));
    writer.storeNext(ours, observation, force, carriesOver(operation), request, transaction);
    if (!ours.unchanged()) {
      doCallHooks(
          transaction,
          request,
          Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED,
          hook(request, transaction)
              .add(IBaseResource.class, old)
              .add(IBaseResource.class, observation)
              .add(
                  InterceptorInvocationTimingEnum.class,
                  transaction.getInvocationTiming(Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED)));
    }
    DaoMethodOutcome outcome =
        toMethodOutcome(request, ours, observation, condition, operation)
            .setCreated(old != null && old.isDeleted())
            .setNop(ours.unchanged());
    StopWatch watch =
        request == null || request.isSubRequest() || transaction.isFhirTransaction()
            ? null
            : new StopWatch(transaction.getTransactionDate());
    populateOperationOutcomeForUpdate(watch, outcome, condition, operation, transaction);
    return outcome;
  }

  /** An operation on tags says itself which stay. */
  private static boolean carriesOver(RestOperationTypeEnum operation) {
    return operation != RestOperationTypeEnum.META_DELETE;
  }
}
