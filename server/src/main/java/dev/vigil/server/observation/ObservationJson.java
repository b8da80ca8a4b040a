package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.IDao;
import ca.uhn.fhir.jpa.dao.IStorageResourceParser;
import ca.uhn.fhir.jpa.model.cross.IBasePersistedResource;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.primitive.InstantDt;
import ca.uhn.fhir.model.valueset.BundleEntryTransactionMethodEnum;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import ca.uhn.fhir.rest.api.Constants;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;

/**
 * Between an Observation and its stored JSON, which leaves out the id, the version and the time of
 * the version: the row says them.
 */
final class ObservationJson implements IStorageResourceParser<JpaPid> {

  private static final List<String> OF_THE_ROW =
      List.of("id", "Observation.meta.versionId", "Observation.meta.lastUpdated");
  private static final List<String> OF_THE_WRITE =
      List.of(
          "id",
          "Observation.meta.versionId",
          "Observation.meta.lastUpdated",
          "Observation.meta.source");
  private static final List<String> NO_META = List.of("id", "Observation.meta");

  private final FhirContext context;

  ObservationJson(FhirContext context) {
    this.context = context;
  }

  FhirContext context() {
    return context;
  }

  /** What is stored. */
  String stored(Observation observation) {
    return encode(observation, OF_THE_ROW, observation.getMeta().hasSource());
  }

  /** What two versions are compared by: where a version came from makes no new one. */
  String content(Observation observation) {
    return encode(observation, OF_THE_WRITE, false);
  }

  private String encode(Observation observation, List<String> without, boolean source) {
    Meta meta = observation.getMeta();
    boolean said =
        source
            || meta.hasProfile()
            || meta.hasTag()
            || meta.hasSecurity()
            || meta.hasExtension()
            || meta.hasId();
    IParser parser = context.newJsonParser();
    parser.setDontEncodeElements(said ? without : NO_META);
    return parser.encodeResourceToString(observation);
  }

  @Override
  public Observation toResource(IBasePersistedResource<JpaPid> entity, boolean forHistory) {
    return parse((ObservationEntity) entity);
  }

  /** The Observation of that version, a copy of its own; one without content for a deletion. */
  Observation parse(ObservationEntity entity) {
    Observation observation;
    if (entity.hasJson()) {
      IParser parser = context.newJsonParser();
      parser.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
      observation = parser.parseResource(Observation.class, entity.json());
    } else {
      observation = new Observation();
    }
    if (entity.isDeleted()) {
      ResourceMetadataKeyEnum.DELETED_AT.put(observation, new InstantDt(entity.getDeleted()));
      ResourceMetadataKeyEnum.ENTRY_TRANSACTION_METHOD.put(
          observation, BundleEntryTransactionMethodEnum.DELETE);
    }
    mark(observation, entity);
    return observation;
  }

  /** Sets what the row says: id, version, time and partition. */
  void mark(Observation observation, ObservationEntity entity) {
    observation.setId(entity.getIdDt().getValue());
    observation
        .getMeta()
        .setVersionId(Long.toString(entity.getVersion()))
        .setLastUpdated(Date.from(entity.updatedAt()));
    observation.setUserData(Constants.RESOURCE_PARTITION_ID, entity.partition());
    IDao.RESOURCE_PID.put(observation, entity.getPersistentId());
  }
}
