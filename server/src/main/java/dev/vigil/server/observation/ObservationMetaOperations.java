package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.BaseHapiFhirDao;
import ca.uhn.fhir.jpa.model.entity.TagTypeEnum;
import ca.uhn.fhir.jpa.model.util.JpaConstants;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.NotImplementedOperationException;
import ca.uhn.fhir.rest.server.provider.ProviderConstants;
import java.util.function.Consumer;
import org.hl7.fhir.instance.model.api.IBaseMetaType;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;

/**
 * The operations on tags, labels and profiles. Each change is a new version: what is stored never
 * changes in place. Of versions that are not the newest it is refused.
 */
abstract class ObservationMetaOperations extends ObservationReads {

  private final HapiParts hapi;
  private final ObservationReader reader;
  private final ObservationJson json;

  ObservationMetaOperations(HapiParts hapi, ObservationReader reader, ObservationJson json) {
    super(hapi, reader, json);
    this.hapi = hapi;
    this.reader = reader;
    this.json = json;
  }

  @Override
  public <M extends IBaseMetaType> M metaGetOperation(
      Class<M> type, IIdType id, RequestDetails request) {
    RequestPartitionId partition = readPartition(id, request);
    return hapi.transactions()
        .withRequest(request)
        .withRequestPartitionId(partition)
        .execute(() -> type.cast(shown(json.parse(find(id, partition)).getMeta())));
  }

  /** Without the source, which HAPI leaves out as well. */
  private static Meta shown(Meta meta) {
    return meta.setSource(null);
  }

  @Override
  public <M extends IBaseMetaType> M metaGetOperation(Class<M> type, RequestDetails request) {
    RequestPartitionId partition =
        hapi.partitions()
            .determineReadPartitionForRequestForServerOperation(
                request, ProviderConstants.OPERATION_META);
    return hapi.transactions()
        .withRequest(request)
        .withRequestPartitionId(partition)
        .execute(() -> type.cast(reader.metaInUse(partition)));
  }

  @Override
  public <M extends IBaseMetaType> M metaAddOperation(IIdType id, M added, RequestDetails request) {
    change(
        id,
        request,
        RestOperationTypeEnum.META_ADD,
        JpaConstants.OPERATION_META_ADD,
        meta -> add(meta, (Meta) added));
    return metaGetOperation(typeOf(added), id.toVersionless(), request);
  }

  private static void add(Meta meta, Meta added) {
    added.getTag().forEach(tag -> meta.addTag(tag.copy()));
    added.getSecurity().forEach(label -> meta.addSecurity(label.copy()));
    added.getProfile().forEach(profile -> meta.addProfile(profile.getValue()));
    ObservationTags.dropRepeats(meta);
  }

  @Override
  public <M extends IBaseMetaType> M metaDeleteOperation(
      IIdType id, M removed, RequestDetails request) {
    change(
        id,
        request,
        RestOperationTypeEnum.META_DELETE,
        JpaConstants.OPERATION_META_DELETE,
        meta -> ObservationTags.remove(meta, (Meta) removed));
    return metaGetOperation(typeOf(removed), id.toVersionless(), request);
  }

  @SuppressWarnings("unchecked")
  private static <M extends IBaseMetaType> Class<M> typeOf(M meta) {
    return (Class<M>) meta.getClass();
  }

  @Override
  public void removeTag(IIdType id, TagTypeEnum type, String system, String code) {
    removeTag(id, type, system, code, null);
  }

  @Override
  public void removeTag(
      IIdType id, TagTypeEnum type, String system, String code, RequestDetails request) {
    Meta removed = new Meta();
    switch (type) {
      case TAG -> removed.addTag().setSystem(system).setCode(code);
      case SECURITY_LABEL -> removed.addSecurity().setSystem(system).setCode(code);
      case PROFILE -> {
        if (BaseHapiFhirDao.NS_JPA_PROFILE.equals(system)) {
          removed.addProfile(code);
        }
      }
    }
    metaDeleteOperation(id, removed, request);
  }

  private void change(
      IIdType id,
      RequestDetails request,
      RestOperationTypeEnum operation,
      String name,
      Consumer<Meta> change) {
    RequestPartitionId partition =
        hapi.partitions().determineReadPartitionForRequestForServerOperation(request, name);
    TransactionDetails transaction = new TransactionDetails();
    hapi.transactions()
        .withRequest(request)
        .withTransactionDetails(transaction)
        .withRequestPartitionId(partition)
        .execute(
            () -> {
              ObservationEntity entity = find(id.toVersionless(), partition);
              if (id.hasVersionIdPart() && id.getVersionIdPartAsLong() != entity.getVersion()) {
                throw new NotImplementedOperationException(
                    name + " is supported for the newest version only");
              }
              if (entity.isDeleted()) {
                throw createResourceGoneException(entity);
              }
              Observation old = json.parse(entity);
              Observation next = json.parse(entity);
              change.accept(next.getMeta());
              updateInternal(
                  request,
                  next,
                  null,
                  true,
                  false,
                  entity,
                  entity.getIdDt(),
                  old,
                  operation,
                  transaction);
            });
  }
}
