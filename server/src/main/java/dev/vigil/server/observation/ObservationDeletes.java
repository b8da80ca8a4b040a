package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.api.model.DeleteConflictList;
import ca.uhn.fhir.jpa.api.model.DeleteMethodOutcome;
import ca.uhn.fhir.jpa.delete.DeleteConflictUtil;
import ca.uhn.fhir.jpa.model.cross.IBasePersistedResource;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.searchparam.ResourceSearch;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.StorageResponseCodeEnum;
import ca.uhn.fhir.model.primitive.IdDt;
import ca.uhn.fhir.rest.api.InterceptorInvocationTimingEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceVersionConflictException;
import ca.uhn.fhir.util.StopWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseOperationOutcome;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;

/** The DAO's deletions, in HAPI's steps. */
abstract class ObservationDeletes extends ObservationMaintenance {

  private final HapiParts hapi;
  private final ObservationReader reader;
  private final ObservationWriter writer;
  private final ObservationJson json;
  private final ObservationDeleteConflicts conflicts;

  ObservationDeletes(
      HapiParts hapi,
      ObservationReader reader,
      ObservationWriter writer,
      ObservationJson json,
      ObservationDeleteConflicts conflicts) {
    super(hapi, reader, json, conflicts);
    this.hapi = hapi;
    this.reader = reader;
    this.writer = writer;
    this.json = json;
    this.conflicts = conflicts;
  }

  @Override
  @Deprecated
  public DaoMethodOutcome delete(IIdType id) {
    return delete(id, null);
  }

  @Override
  public DaoMethodOutcome delete(IIdType id, RequestDetails request) {
    requireId(id);
    TransactionDetails transaction = new TransactionDetails();
    return hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(transaction)
        .withRequestPartitionId(readPartition(id, request))
        .execute(
            () -> {
              DeleteConflictList found = new DeleteConflictList();
              found.setResourceIdMarkedForDeletion(id);
              DaoMethodOutcome outcome = delete(id, found, request, transaction);
              DeleteConflictUtil.validateDeleteConflictsEmptyOrThrowException(getContext(), found);
              return outcome;
            });
  }

  @Override
  public DaoMethodOutcome delete(
      IIdType id,
      DeleteConflictList found,
      RequestDetails request,
      TransactionDetails transaction) {
    requireId(id);
    Optional<ObservationEntity> newest = reader.newest(id, readPartition(id, request));
    if (newest.isEmpty()) {
      return createMethodOutcomeForResourceId(
          id.getValue(),
          MESSAGE_KEY_DELETE_RESOURCE_NOT_EXISTING,
          StorageResponseCodeEnum.SUCCESSFUL_DELETE_NOT_FOUND);
    }
    ObservationEntity entity = newest.get();
    if (id.hasVersionIdPart() && id.getVersionIdPartAsLong() != entity.getVersion()) {
      throw new ResourceVersionConflictException(
          Msg.code(961) + "Trying to delete " + id + " but this is not the current version");
    }
    JpaPid pid = entity.getPersistentId();
    transaction.addDeletedResourceId(pid);
    if (entity.isDeleted()) {
      DaoMethodOutcome outcome =
          createMethodOutcomeForResourceId(
              entity.getIdDt().getValue(),
              MESSAGE_KEY_DELETE_RESOURCE_ALREADY_DELETED,
              StorageResponseCodeEnum.SUCCESSFUL_DELETE_ALREADY_DELETED);
      outcome.setPersistentId(pid);
      outcome.setEntity(entity);
      return outcome;
    }
    StopWatch watch = new StopWatch();
    found.setResourceIdMarkedForDeletion(id);
    Observation gone = delete(entity, found, request, transaction);
    DaoMethodOutcome outcome =
        toMethodOutcome(request, entity, gone, null, RestOperationTypeEnum.DELETE).setCreated(true);
    outcome.setOperationOutcome(deleted(1, watch));
    return outcome;
  }

  /** Also what a condition found: one after the other. */
  private Observation delete(
      ObservationEntity entity,
      DeleteConflictList found,
      RequestDetails request,
      TransactionDetails transaction) {
    Observation gone = json.parse(entity);
    doCallHooks(
        transaction,
        request,
        Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED,
        hook(request, transaction).add(IBaseResource.class, gone));
    conflicts.validateOkToDelete(
        found, ObservationLinks.asHapis(entity), false, request, transaction);
    IIdType before = new IdDt(gone.getIdElement());
    writer.delete(entity, transaction);
    gone.setId(entity.getIdDt().getValue());
    StoredJson.note(gone, entity);
    doCallHooks(
        transaction,
        request,
        Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED,
        hook(request, transaction)
            .add(IBaseResource.class, gone)
            .add(IIdType.class, before)
            .add(
                InterceptorInvocationTimingEnum.class,
                transaction.getInvocationTiming(Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED)));
    return gone;
  }

  private IBaseOperationOutcome deleted(int count, StopWatch watch) {
    return createInfoOperationOutcome(
        message("successfulDeletes", count)
            + " "
            + message("successfulTimingSuffix", watch.getMillis()),
        StorageResponseCodeEnum.SUCCESSFUL_DELETE);
  }

  @Override
  public DeleteMethodOutcome deleteByUrl(String url, RequestDetails request) {
    if (hapi.urls().getResourceSearch(url).isDeleteExpunge()) {
      return deleteExpunge(url, request);
    }
    TransactionDetails transaction = new TransactionDetails();
    return hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(transaction)
        .execute(
            () -> {
              DeleteConflictList found = new DeleteConflictList();
              DeleteMethodOutcome outcome = deleteByUrl(url, found, request, transaction);
              DeleteConflictUtil.validateDeleteConflictsEmptyOrThrowException(getContext(), found);
              return outcome;
            });
  }

  @Override
  public DeleteMethodOutcome deleteByUrl(
      String url,
      DeleteConflictList found,
      RequestDetails request,
      TransactionDetails transaction) {
    ResourceSearch search = hapi.urls().getResourceSearch(url);
    SearchParameterMap asked = search.getSearchParameterMap();
    RequestPartitionId partition =
        hapi.partitions()
            .determineReadPartitionForRequestForSearchType(request, SyntheticPid.TYPE, asked);
    return hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(transaction)
        .withRequestPartitionId(partition)
        .execute(
            () -> {
              asked.setLoadSynchronous(true);
              Set<JpaPid> pids = hapi.matches().search(asked, Observation.class, request, null);
              requireFew(url, pids.size());
              return deletePidList(url, pids, found, request, transaction);
            });
  }

  private void requireFew(String url, int count) {
    if (count > 1 && !getStorageSettings().isAllowMultipleDelete()) {
      throw new PreconditionFailedException(
          Msg.code(962)
              + message(
                  "transactionOperationWithMultipleMatchFailure",
                  "DELETE",
                  SyntheticPid.TYPE,
                  url,
                  count));
    }
    long most = getStorageSettings().getRestDeleteByUrlResourceIdThreshold();
    if (count > most) {
      throw new PreconditionFailedException(
          Msg.code(2496) + message("deleteByUrlThresholdExceeded", url, count, most));
    }
  }

  @Override
  public <P extends IResourcePersistentId> DeleteMethodOutcome deletePidList(
      String url,
      Collection<P> pids,
      DeleteConflictList found,
      RequestDetails request,
      TransactionDetails given) {
    StopWatch watch = new StopWatch();
    TransactionDetails transaction = given == null ? new TransactionDetails() : given;
    List<IBasePersistedResource<JpaPid>> deleted = new ArrayList<>();
    for (P pid : pids) {
      ObservationEntity entity = readEntityLatestVersion(pid, request, transaction);
      transaction.addDeletedResourceId(pid);
      delete(entity, found, request, transaction);
      deleted.add(entity);
    }
    DeleteMethodOutcome outcome = new DeleteMethodOutcome();
    outcome.setDeletedEntities(deleted);
    outcome.setOperationOutcome(
        deleted.isEmpty()
            ? createWarnOperationOutcome(
                message("unableToDeleteNotFound", url),
                "not-found",
                StorageResponseCodeEnum.SUCCESSFUL_DELETE_NOT_FOUND)
            : deleted(deleted.size(), watch));
    return outcome;
  }

  private void requireId(IIdType id) {
    if (id == null || !id.hasIdPart()) {
      throw new InvalidRequestException(Msg.code(967) + "Can not perform delete, no ID provided");
    }
  }
}
