package dev.vigil.server.observation;

import ca.uhn.fhir.util.MetaUtil;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;

/** How a new Observation is stored, once its references are resolved. */
public final class StoredForm {

  private final HapiParts hapi;
  private final ObservationJson json;

  StoredForm(HapiParts hapi, ObservationJson json) {
    this.hapi = hapi;
    this.json = json;
  }

  /**
   * The JSON that is stored; changes the Observation to what it says.
   *
   * @param requestId of the request that creates it; null for none
   */
  public String of(Observation observation, String requestId) {
    ObservationTags.dropRepeats(observation.getMeta());
    hapi.plain().sortTags(observation);
    setSource(observation, requestId);
    return json.stored(observation);
  }

  /** Where it came from, and by which request: as HAPI says it in {@code meta.source}. */
  void setSource(Observation observation, String requestId) {
    Meta meta = observation.getMeta();
    var kept = hapi.settings().getStoreMetaSourceInformation();
    String source = MetaUtil.extractSourceUriOrEmpty(meta.getSource());
    String shortId = requestId == null ? null : RequestIds.kept(requestId);
    meta.setSource(null);
    MetaUtil.populateResourceSource(
        hapi.context(),
        kept.isStoreSourceUri() ? source : null,
        kept.isStoreRequestId() ? shortId : null,
        observation);
  }
}
