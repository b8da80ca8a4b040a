package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeResourceDefinition;
import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDaoObservation;
import ca.uhn.fhir.jpa.dao.BaseHapiFhirResourceDao;
import ca.uhn.fhir.jpa.dao.BaseStorageDao;
import ca.uhn.fhir.jpa.dao.BaseStorageResourceDao;
import ca.uhn.fhir.jpa.dao.IStorageResourceParser;
import ca.uhn.fhir.jpa.dao.MatchResourceUrlService;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.IDeleteExpungeJobSubmitter;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.param.HistorySearchDateRangeParam;
import ca.uhn.fhir.rest.param.HistorySearchStyleEnum;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;

/** The half of the DAO that changes nothing: reads, versions, histories and searches. */
abstract class ObservationReads extends BaseStorageResourceDao<Observation>
    implements IFhirResourceDaoObservation<Observation> {

  private final HapiParts hapi;
  private final ObservationReader reader;
  private final ObservationJson json;

  ObservationReads(HapiParts hapi, ObservationReader reader, ObservationJson json) {
    this.hapi = hapi;
    this.reader = reader;
    this.json = json;
  }

  @Override
  public Observation read(IIdType id) {
    return read(id, null);
  }

  @Override
  public Observation read(IIdType id, RequestDetails request) {
    return read(id, request, false);
  }

  @Override
  public Observation read(IIdType id, RequestDetails request, boolean deletedToo) {
    RequestPartitionId partition = readPartition(id, request);
    return hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(new TransactionDetails())
        .withRequestPartitionId(partition)
        .read(granted -> show(id, find(id, granted), request, deletedToo));
  }

  private Observation show(
      IIdType id, ObservationEntity entity, RequestDetails request, boolean deletedToo) {
    if (entity.isDeleted() && !deletedToo) {
      throw createResourceGoneException(entity);
    }
    Observation observation = json.parse(entity);
    BaseHapiFhirResourceDao.invokeStoragePreAccessResources(hapi.hooks(), request, id, observation);
    return BaseHapiFhirResourceDao.invokeStoragePreShowResources(
        hapi.hooks(), request, observation);
  }

  @Override
  public Observation readByPid(IResourcePersistentId pid) {
    return readByPid(pid, false);
  }

  @Override
  public Observation readByPid(IResourcePersistentId pid, boolean deletedToo) {
    return hapi.transactions()
        .withSystemRequest()
        .execute(
            () -> {
              ObservationEntity entity = readEntityLatestVersion(pid, null, null);
              if (entity.isDeleted() && !deletedToo) {
                throw createResourceGoneException(entity);
              }
              return json.parse(entity);
            });
  }

  @Override
  public ObservationEntity readEntity(IIdType id, RequestDetails request) {
    RequestPartitionId partition = readPartition(id, request);
    return hapi.transactions()
        .withRequest(request)
        .withRequestPartitionId(partition)
        .execute(() -> find(id, partition));
  }

  @Override
  protected ObservationEntity readEntityLatestVersion(
      IResourcePersistentId pid, RequestDetails request, TransactionDetails transaction) {
    return reader
        .newest((JpaPid) pid)
        .orElseThrow(
            () ->
                new ResourceNotFoundException(
                    Msg.code(975) + "No resource found with PID " + pid.getId()));
  }

  @Override
  protected ObservationEntity readEntityLatestVersion(
      IIdType id, RequestDetails request, TransactionDetails transaction) {
    RequestPartitionId partition = readPartition(id, request);
    return hapi.transactions()
        .withRequest(request)
        .withRequestPartitionId(partition)
        .execute(() -> find(id.toVersionless(), partition));
  }

  /**
   * The version that the id names, or the newest; of the newest always the same entity within a
   * transaction.
   *
   * @throws ResourceNotFoundException if there is none
   */
  final ObservationEntity find(IIdType id, RequestPartitionId partition) {
    return reader.named(
        id,
        partition,
        getContext()
            .getLocalizer()
            .getMessageSanitized(
                BaseStorageDao.class,
                "invalidVersion",
                id.getVersionIdPart(),
                id.toUnqualifiedVersionless()));
  }

  final RequestPartitionId readPartition(IIdType id, RequestDetails request) {
    return hapi.partitions()
        .determineReadPartitionForRequestForRead(request, SyntheticPid.TYPE, id);
  }

  /** With {@code _at} also what was current at its begin; HAPI tells this of one resource only. */
  @Override
  public IBundleProvider history(Date since, Date until, Integer offset, RequestDetails request) {
    RequestPartitionId partition = historyPartition(null, request);
    HistorySearchStyleEnum style =
        request != null && request.getParameters().containsKey(Constants.PARAM_AT)
            ? HistorySearchStyleEnum.AT
            : null;
    return hapi.histories()
        .history(request, SyntheticPid.TYPE, null, since, until, offset, style, partition);
  }

  @Override
  @Deprecated
  public IBundleProvider history(
      IIdType id, Date since, Date until, Integer offset, RequestDetails request) {
    return history(id, since, until, offset, null, request);
  }

  @Override
  public IBundleProvider history(
      IIdType id, HistorySearchDateRangeParam range, RequestDetails request) {
    return history(
        id,
        range.getLowerBoundAsInstant(),
        range.getUpperBoundAsInstant(),
        range.getOffset(),
        range.getHistorySearchType(),
        request);
  }

  private IBundleProvider history(
      IIdType id,
      Date since,
      Date until,
      Integer offset,
      HistorySearchStyleEnum style,
      RequestDetails request) {
    RequestPartitionId partition = historyPartition(id, request);
    JpaPid pid =
        hapi.transactions()
            .withRequest(request)
            .withRequestPartitionId(partition)
            .execute(() -> find(id.toUnqualifiedVersionless(), partition).getPersistentId());
    return hapi.histories()
        .history(request, SyntheticPid.TYPE, pid, since, until, offset, style, partition);
  }

  private RequestPartitionId historyPartition(IIdType id, RequestDetails request) {
    return hapi.partitions()
        .determineReadPartitionForRequestForHistory(request, SyntheticPid.TYPE, id);
  }

  @Override
  @Deprecated
  public IBundleProvider search(SearchParameterMap asked) {
    return hapi.plain().search(asked);
  }

  @Override
  public IBundleProvider search(SearchParameterMap asked, RequestDetails request) {
    return hapi.plain().search(asked, request);
  }

  @Override
  public IBundleProvider search(
      SearchParameterMap asked, RequestDetails request, HttpServletResponse response) {
    return SearchAtMoment.asked(request)
        ? hapi.moments().getObject().search(asked, request)
        : hapi.plain().search(asked, request, response);
  }

  @Override
  public IBundleProvider observationsLastN(
      SearchParameterMap asked, RequestDetails request, HttpServletResponse response) {
    asked.values().forEach(ObservationReads::keepOneOfEach);
    return hapi.plain().observationsLastN(asked, request, response);
  }

  /** HAPI reads each parameter of an operation twice, and asserts that none comes twice. */
  private static void keepOneOfEach(List<List<IQueryParameterType>> all) {
    Set<List<IQueryParameterType>> seen = new HashSet<>();
    all.removeIf(any -> !seen.add(any));
  }

  @Override
  @SuppressWarnings("unchecked")
  public <P extends IResourcePersistentId> List<P> searchForIds(
      SearchParameterMap asked, RequestDetails request, IBaseResource target) {
    TransactionWrites.flushPending();
    return (List<P>) hapi.plain().searchForIds(asked, request, target);
  }

  @Override
  public <P extends IResourcePersistentId<?>> Stream<P> searchForIdStream(
      SearchParameterMap asked, RequestDetails request, IBaseResource target) {
    TransactionWrites.flushPending();
    return hapi.plain().searchForIdStream(asked, request, target);
  }

  @Override
  public List<Observation> searchForResources(SearchParameterMap asked, RequestDetails request) {
    return hapi.plain().searchForResources(asked, request);
  }

  @Override
  public List<IIdType> searchForResourceIds(SearchParameterMap asked, RequestDetails request) {
    return hapi.transactions()
        .withRequest(request)
        .execute(
            () ->
                this.<JpaPid>searchForIds(asked, request, null).stream()
                    .flatMap(pid -> reader.state(pid).stream())
                    .<IIdType>map(ObservationEntity::getIdDt)
                    .toList());
  }

  @Override
  public RuntimeResourceDefinition validateCriteriaAndReturnResourceDefinition(String criteria) {
    return hapi.plain().validateCriteriaAndReturnResourceDefinition(criteria);
  }

  @Override
  public Class<Observation> getResourceType() {
    return Observation.class;
  }

  @Override
  protected String getResourceName() {
    return SyntheticPid.TYPE;
  }

  @Override
  public FhirContext getContext() {
    return hapi.context();
  }

  @Override
  protected JpaStorageSettings getStorageSettings() {
    return hapi.settings();
  }

  @Override
  protected IInterceptorBroadcaster getInterceptorBroadcaster() {
    return hapi.hooks();
  }

  @Override
  protected HapiTransactionService getTransactionService() {
    return hapi.transactions();
  }

  @Override
  protected MatchResourceUrlService<JpaPid> getMatchResourceUrlService() {
    return hapi.matches();
  }

  @Override
  protected IStorageResourceParser<JpaPid> getStorageResourceParser() {
    return json;
  }

  @Override
  protected IDeleteExpungeJobSubmitter getDeleteExpungeJobSubmitter() {
    return hapi.expunges();
  }

  @Override
  protected IRequestPartitionHelperSvc getRequestPartitionHelperService() {
    return hapi.partitions();
  }

  @Override
  protected MatchUrlService getMatchUrlService() {
    return hapi.urls();
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
