package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.dao.ReindexOutcome;
import ca.uhn.fhir.jpa.api.dao.ReindexParameters;
import ca.uhn.fhir.jpa.api.model.DeleteConflictList;
import ca.uhn.fhir.jpa.api.model.ExpungeOptions;
import ca.uhn.fhir.jpa.api.model.ExpungeOutcome;
import ca.uhn.fhir.jpa.delete.DeleteConflictUtil;
import ca.uhn.fhir.jpa.model.cross.IBasePersistedResource;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.primitive.IdDt;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.ValidationModeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.MethodNotAllowedException;
import java.util.Collection;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Observation;

/** The DAO's checks before a write, and what is refused about versions and indexes. */
abstract class ObservationMaintenance extends ObservationMetaOperations {

  private final HapiParts hapi;
  private final ObservationReader reader;
  private final ObservationDeleteConflicts conflicts;

  ObservationMaintenance(
      HapiParts hapi,
      ObservationReader reader,
      ObservationJson json,
      ObservationDeleteConflicts conflicts) {
    super(hapi, reader, json);
    this.hapi = hapi;
    this.reader = reader;
    this.conflicts = conflicts;
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
}
