package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.api.model.LazyDaoMethodOutcome;
import ca.uhn.fhir.jpa.dao.BaseHapiFhirResourceDao;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.api.StorageResponseCodeEnum;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.InterceptorInvocationTimingEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.InternalErrorException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.util.StopWatch;
import ca.uhn.fhir.util.UrlUtil;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;

/**
 * Creates Observations in our store, with the steps, answers and hooks of HAPI's own DAO in its
 * order.
 */
abstract class ObservationCreates extends ObservationDeletes {

  private final HapiParts hapi;
  private final ObservationReader reader;
  private final ObservationWriter writer;
  private final ObservationJson json;

  ObservationCreates(
      HapiParts hapi,
      ObservationReader reader,
      ObservationWriter writer,
      ObservationJson json,
      ObservationDeleteConflicts conflicts) {
    super(hapi, reader, writer, json, conflicts);
    this.hapi = hapi;
    this.reader = reader;
    this.writer = writer;
    this.json = json;
  }

  @Override
  @Deprecated
  public DaoMethodOutcome create(Observation observation) {
    return create(observation, null, true, null, new TransactionDetails());
  }

  @Override
  public DaoMethodOutcome create(Observation observation, RequestDetails request) {
    return create(observation, null, true, request, new TransactionDetails());
  }

  @Override
  @Deprecated
  public DaoMethodOutcome create(Observation observation, String condition) {
    return create(observation, condition, null);
  }

  @Override
  public DaoMethodOutcome create(
      Observation observation, String condition, RequestDetails request) {
    return create(observation, condition, true, request, new TransactionDetails());
  }

  @Override
  public DaoMethodOutcome create(
      Observation observation,
      String condition,
      boolean store,
      RequestDetails request,
      TransactionDetails transaction) {
    requireBody(observation, 956);
    RequestPartitionId partition = createPartition(observation, request);
    return hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(transaction)
        .withRequestPartitionId(partition)
        .execute(
            () -> {
              writer.nameByServer(observation);
              return create(
                  observation,
                  condition,
                  true,
                  store,
                  request,
                  partition,
                  RestOperationTypeEnum.CREATE,
                  transaction);
            });
  }

  final DaoMethodOutcome create(
      Observation observation,
      String condition,
      boolean search,
      boolean store,
      RequestDetails request,
      RequestPartitionId partition,
      RestOperationTypeEnum operation,
      TransactionDetails transaction) {
    StopWatch watch = new StopWatch();
    preProcessResourceForStorage(observation, request, transaction, store);
    if (!partition.contains(createPartition(observation, request))) {
      throw new InternalErrorException(
          Msg.code(2636) + "the active partition does not contain the one to write to");
    }
    if (search && isNotBlank(condition)) {
      JpaPid match = match(condition, "CREATE", 958, null, request, partition, transaction);
      if (match != null && !transaction.getDeletedResourceIds().contains(match)) {
        return alreadyThere(observation, condition, match, request);
      }
      if (match != null) {
        hapi.matches().unresolveMatchUrl(transaction, SyntheticPid.TYPE, condition);
      }
    }
    if (!BaseHapiFhirResourceDao.isResourceIdServerAssigned(observation)) {
      doCallHooks(
          transaction,
          request,
          Pointcut.STORAGE_PRESTORAGE_CLIENT_ASSIGNED_ID,
          new HookParams()
              .add(IBaseResource.class, observation)
              .add(RequestDetails.class, request));
    }
    doCallHooks(
        transaction,
        request,
        Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED,
        hook(request, transaction)
            .add(IBaseResource.class, observation)
            .add(RequestPartitionId.class, partition));
    ObservationEntity entity = writer.begin(observation, partition, condition, transaction);
    if (store) {
      writer.store(entity, observation, request, transaction);
    } else {
      json.mark(observation, entity);
    }
    JpaPid pid = entity.getPersistentId();
    pid.setAssociatedResourceId(observation.getIdElement().toUnqualifiedVersionless());
    transaction.addResolvedResourceId(pid.getAssociatedResourceId(), pid);
    transaction.addResolvedResource(pid.getAssociatedResourceId(), observation);
    if (condition != null) {
      hapi.matches().matchUrlResolved(transaction, SyntheticPid.TYPE, condition, pid);
    }
    doCallHooks(
        transaction,
        request,
        Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED,
        hook(request, transaction)
            .add(IBaseResource.class, observation)
            .add(
                InterceptorInvocationTimingEnum.class,
                transaction.getInvocationTiming(Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED)));
    DaoMethodOutcome outcome =
        toMethodOutcome(request, entity, observation, condition, operation).setCreated(true);
    outcome.setResponseStatusCode(Constants.STATUS_HTTP_201_CREATED);
    if (!store) {
      outcome.setId(observation.getIdElement());
    }
    populateOperationOutcomeForUpdate(watch, outcome, condition, operation, transaction);
    return outcome;
  }

  /** The one that a condition finds, or null. */
  final JpaPid match(
      String condition,
      String verb,
      int tooMany,
      Observation target,
      RequestDetails request,
      RequestPartitionId partition,
      TransactionDetails transaction) {
    Set<JpaPid> found =
        hapi.matches()
            .processMatchUrl(condition, Observation.class, transaction, request, target, partition);
    if (found.size() > 1) {
      throw new PreconditionFailedException(
          Msg.code(tooMany)
              + message(
                  "transactionOperationWithMultipleMatchFailure",
                  verb,
                  SyntheticPid.TYPE,
                  condition,
                  found.size()));
    }
    return found.isEmpty() ? null : found.iterator().next();
  }

  private DaoMethodOutcome alreadyThere(
      Observation observation, String condition, JpaPid match, RequestDetails request) {
    StopWatch watch = new StopWatch();
    Supplier<LazyDaoMethodOutcome.EntityAndResource> content =
        () ->
            inTransaction(
                () -> {
                  ObservationEntity entity = readEntityLatestVersion(match, request, null);
                  Observation found = json.parse(entity);
                  observation.setId(found.getIdElement().getValue());
                  return new LazyDaoMethodOutcome.EntityAndResource(entity, found);
                });
    Supplier<IIdType> name = () -> named(match);
    DaoMethodOutcome outcome =
        toMethodOutcomeLazy(request, match, content, name).setCreated(false).setNop(true);
    outcome.setOperationOutcome(
        createInfoOperationOutcome(
            message(
                "successfulCreateConditionalWithMatch",
                watch.getMillisAndRestart(),
                UrlUtil.sanitizeUrlPart(condition)),
            StorageResponseCodeEnum.SUCCESSFUL_CREATE_WITH_CONDITIONAL_MATCH));
    return outcome;
  }

  /** With its version, which a transaction may have looked up already. */
  private IIdType named(JpaPid match) {
    if (match.getAssociatedResourceId() != null && match.getVersion() != null) {
      return match.getAssociatedResourceId().withVersion(match.getVersion().toString());
    }
    return inTransaction(
        () ->
            getContext()
                .getVersion()
                .newIdType(
                    reader
                        .state(match)
                        .orElseThrow(() -> new ResourceNotFoundException("no longer known"))
                        .getIdDt()
                        .getValue()));
  }

  private <R> R inTransaction(Callable<R> work) {
    return hapi.transactions().withSystemRequest().execute(work);
  }

  final RequestPartitionId createPartition(Observation observation, RequestDetails request) {
    return hapi.partitions()
        .determineCreatePartitionForRequest(request, observation, SyntheticPid.TYPE);
  }

  final void requireBody(Observation observation, int code) {
    if (observation == null) {
      throw new InvalidRequestException(Msg.code(code) + message("missingBody"));
    }
  }

  static boolean isNotBlank(String text) {
    return text != null && !text.isBlank();
  }
}
