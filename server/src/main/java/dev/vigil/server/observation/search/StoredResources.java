package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.dao.IDao;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import ca.uhn.fhir.rest.api.Constants;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;

/** Puts Observations among the resources that HAPI loaded. */
final class StoredResources {

  private final FhirContext context;
  private final Observations observations;
  private final TenantOfPartition tenants;

  StoredResources(FhirContext context, Observations observations, TenantOfPartition tenants) {
    this.context = context;
    this.observations = observations;
    this.tenants = tenants;
  }

  /**
   * In the order of the numbers, null where there is none (any more): those who judge the list go
   * by its indexes.
   *
   * @param others what HAPI loaded for the other numbers, in their order
   * @param resources is added to
   */
  void merge(
      Collection<JpaPid> pids,
      Set<JpaPid> included,
      List<IBaseResource> others,
      Function<JpaPid, RequestPartitionId> partition,
      List<IBaseResource> resources) {
    Map<Long, IBaseResource> stored = load(pids, partition);
    Iterator<IBaseResource> loaded = others.iterator();
    for (JpaPid pid : pids) {
      if (SyntheticPid.isOne(pid.getId())) {
        IBaseResource resource = stored.get(pid.getId());
        if (resource != null) {
          ResourceMetadataKeyEnum.ENTRY_SEARCH_MODE.put(
              resource,
              included.contains(pid)
                  ? BundleEntrySearchModeEnum.INCLUDE
                  : BundleEntrySearchModeEnum.MATCH);
        }
        resources.add(resource);
      } else {
        resources.add(loaded.hasNext() ? loaded.next() : null);
      }
    }
  }

  private Map<Long, IBaseResource> load(
      Collection<JpaPid> pids, Function<JpaPid, RequestPartitionId> partition) {
    Map<RequestPartitionId, List<ObservationKey>> byPartition = new LinkedHashMap<>();
    for (JpaPid pid : pids) {
      if (SyntheticPid.isOne(pid.getId())) {
        byPartition
            .computeIfAbsent(partition.apply(pid), place -> new ArrayList<>())
            .add(SyntheticPid.key(pid.getId()));
      }
    }
    Map<Long, IBaseResource> resources = new HashMap<>();
    byPartition.forEach(
        (place, keys) ->
            observations.load(tenants.of(place), keys).values().stream()
                .filter(stored -> !stored.deleted())
                .forEach(
                    stored ->
                        resources.put(SyntheticPid.number(stored.key()), resource(stored, place))));
    return resources;
  }

  /** A version as HAPI would give it. */
  Observation resource(StoredObservation stored, RequestPartitionId partition) {
    IParser parser = context.newJsonParser();
    parser.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
    Observation observation = parser.parseResource(Observation.class, stored.json());
    observation.setId(new IdType(SyntheticPid.TYPE, stored.id(), Long.toString(stored.version())));
    observation
        .getMeta()
        .setVersionId(Long.toString(stored.version()))
        .setLastUpdated(Date.from(stored.updatedAt()));
    observation.setUserData(Constants.RESOURCE_PARTITION_ID, partition);
    IDao.RESOURCE_PID.put(
        observation, SyntheticPid.of(stored.key(), partition.getFirstPartitionIdOrNull()));
    return observation;
  }
}
