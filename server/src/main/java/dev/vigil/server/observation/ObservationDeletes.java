package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.dao.ReindexOutcome;
import ca.uhn.fhir.jpa.api.dao.ReindexParameters;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.api.model.DeleteConflictList;
import ca.uhn.fhir.jpa.api.model.DeleteMethodOutcome;
import ca.uhn.fhir.jpa.api.model.ExpungeOptions;
import ca.uhn.fhir.jpa.api.model.ExpungeOutcome;
import ca.uhn.fhir.jpa.dao.BaseStorageDao;
import ca.uhn.fhir.jpa.delete.DeleteConflictUtil;
import ca.uhn.fhir.jpa.model.cross.IBasePersistedResource;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.searchparam.ResourceSearch;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.StorageResponseCodeEnum;
import ca.uhn.fhir.model.primitive.IdDt;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.InterceptorInvocationTimingEnum;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.ValidationModeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.MethodNotAllowedException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceVersionConflictException;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.util.StopWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseOperationOutcome;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;

/** The DAO's deletions, in HAPI's steps, and what is refused about versions and indexes. */
abstract class ObservationDeletes extends ObservationMetaOperations {

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
    super(hapi, reader, json);
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

  @Override
  public MethodOutcome validate(
      Observation observation,
      IIdType id,
      String raw,
      EncodingEnum encoding,
      ValidationModeEnum mode,
      String profile,
      RequestDetails request) {
    if (mode != ValidationModeEnum.DELETE) {
      return hapi.plain().validate(observation, id, raw, encoding, mode, profile, request);
    }
    if (id == null || !id.hasIdPart()) {
      throw new InvalidRequestException(
          Msg.code(991) + "No ID supplied. ID is required when validating with mode=DELETE");
    }
    RequestPartitionId partition = readPartition(id, request);
    return hapi.transactions()
        .withRequest(request)
        .withRequestPartitionId(partition)
        .execute(
            () -> {
              ObservationEntity entity = find(id.toVersionless(), partition);
              DeleteConflictList found = new DeleteConflictList();
              conflicts.validateOkToDelete(
                  found, ObservationLinks.asHapis(entity), true, request, new TransactionDetails());
              DeleteConflictUtil.validateDeleteConflictsEmptyOrThrowException(getContext(), found);
              return new MethodOutcome(
                  new IdDt(id.getValue()), createInfoOperationOutcome("Ok to delete"));
            });
  }

  @Override
  public ExpungeOutcome expunge(ExpungeOptions options, RequestDetails request) {
    throw noExpunge();
  }

  @Override
  public ExpungeOutcome expunge(IIdType id, ExpungeOptions options, RequestDetails request) {
    throw noExpunge();
  }

  @Override
  public <P extends IResourcePersistentId> void expunge(
      Collection<P> pids, RequestDetails request) {
    throw noExpunge();
  }

  @Override
  public ExpungeOutcome forceExpungeInExistingTransaction(
      IIdType id, ExpungeOptions options, RequestDetails request) {
    throw noExpunge();
  }

  private static MethodNotAllowedException noExpunge() {
    return new MethodNotAllowedException(Msg.code(968) + "$expunge is not enabled on this server");
  }

  @Override
  public Stream<IResourcePersistentId> fetchAllVersionsOfResources(
      RequestDetails request, Collection<IResourcePersistentId> pids) {
    return pids.stream()
        .map(JpaPid.class::cast)
        .flatMap(pid -> reader.newest(pid).stream())
        .flatMap(
            newest ->
                LongStream.rangeClosed(1, newest.getVersion())
                    .mapToObj(version -> version(newest, version)));
  }

  private static IResourcePersistentId version(ObservationEntity of, long version) {
    JpaPid pid = of.getPersistentId();
    pid.setVersion(version);
    return pid;
  }

  /** There is nothing to do: the store's index follows from its JSON. */
  @Override
  public ReindexOutcome reindex(
      IResourcePersistentId pid,
      ReindexParameters parameters,
      RequestDetails request,
      TransactionDetails transaction) {
    ReindexOutcome outcome = new ReindexOutcome();
    reader.state((JpaPid) pid).ifPresent(entity -> outcome.setResourceId(entity.getIdDt()));
    return outcome;
  }

  /** There is nothing to do: the store's index follows from its JSON. */
  @Override
  @Deprecated
  public void reindex(Observation observation, IBasePersistedResource entity) {
    // See the other.
  }

  private void requireId(IIdType id) {
    if (id == null || !id.hasIdPart()) {
      throw new InvalidRequestException(Msg.code(967) + "Can not perform delete, no ID provided");
    }
  }

  /** What every hook of a write gets. */
  static HookParams hook(RequestDetails request, TransactionDetails transaction) {
    return new HookParams()
        .add(RequestDetails.class, request)
        .addIfMatchesType(ServletRequestDetails.class, request)
        .add(TransactionDetails.class, transaction);
  }

  /** A text of HAPI's. */
  final String message(String key, Object... parameters) {
    return getContext().getLocalizer().getMessageSanitized(BaseStorageDao.class, key, parameters);
  }
}
