package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.hl7.fhir.instance.model.api.IBaseResource;
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
      if (ObservationPids.isObservation(pid.getId())) {
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
    Map<TenantId, List<ObservationKey>> byTenant = new LinkedHashMap<>();
    for (JpaPid pid : pids) {
      if (ObservationPids.isObservation(pid.getId())) {
        byTenant
            .computeIfAbsent(tenants.of(partition.apply(pid)), tenant -> new ArrayList<>())
            .add(ObservationPids.key(pid.getId()));
      }
    }
    Map<Long, IBaseResource> resources = new HashMap<>();
    byTenant.forEach(
        (tenant, keys) ->
            observations.load(tenant, keys).values().stream()
                .filter(stored -> !stored.deleted())
                .forEach(
                    stored -> resources.put(ObservationPids.pid(stored.key()), resource(stored))));
    return resources;
  }

  private Observation resource(StoredObservation stored) {
    Observation observation =
        context.newJsonParser().parseResource(Observation.class, stored.json());
    observation.setId("Observation/" + stored.id() + "/_history/" + stored.version());
    observation
        .getMeta()
        .setVersionId(Long.toString(stored.version()))
        .setLastUpdated(java.util.Date.from(stored.updatedAt()));
    return observation;
  }
}
