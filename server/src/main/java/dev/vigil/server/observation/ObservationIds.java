package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.model.PersistentIdToForcedIdMap;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.dao.index.IdHelperService;
import ca.uhn.fhir.jpa.model.cross.IResourceLookup;
import ca.uhn.fhir.jpa.model.cross.JpaResourceLookup;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.PartitionablePartitionId;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationState;
import dev.vigil.telemetry.observation.Observations;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;

/**
 * Between ids and numbers: Observations are asked of our store, the rest of HAPI's tables. Nothing
 * about Observations is cached, since another server may delete one.
 */
class ObservationIds extends IdHelperService {

  private final Observations store;
  private final PartitionTenants tenants;

  ObservationIds(Observations store, PartitionTenants tenants) {
    this.store = store;
    this.tenants = tenants;
  }

  @Override
  public Map<IIdType, IResourceLookup<JpaPid>> resolveResourceIdentities(
      RequestPartitionId partition, Collection<IIdType> ids, ResolveIdentityMode mode) {
    // An id without a type may be anything's.
    Set<String> ours =
        ids.stream()
            .filter(id -> isOurs(id) || !id.hasResourceType())
            .filter(IIdType::hasIdPart)
            .map(IIdType::getIdPart)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (ours.isEmpty()) {
      return super.resolveResourceIdentities(partition, ids, mode);
    }
    Map<IIdType, IResourceLookup<JpaPid>> found =
        new HashMap<>(
            super.resolveResourceIdentities(
                partition, ids.stream().filter(id -> !isOurs(id)).toList(), mode));
    for (TenantId tenant : tenants.of(partition)) {
      Integer number = tenants.of(tenant).getFirstPartitionIdOrNull();
      find(tenant, ours).forEach((id, state) -> add(state, number, mode, found));
    }
    return found;
  }

  private static boolean isOurs(IIdType id) {
    return SyntheticPid.TYPE.equals(id.getResourceType());
  }

  /** Also what the running transaction has written and not yet sent. */
  private Map<String, ObservationState> find(TenantId tenant, Set<String> ids) {
    TransactionWrites.flushPending(ids, Set.of());
    return store.findByIds(tenant, ids);
  }

  private static void add(
      ObservationState state,
      Integer partition,
      ResolveIdentityMode mode,
      Map<IIdType, IResourceLookup<JpaPid>> found) {
    IdType id = new IdType(SyntheticPid.TYPE, state.id());
    if (state.deleted() && mode.isFailOnDeleted()) {
      throw new ResourceGoneException("Resource " + id.getValue() + " has been deleted");
    }
    if (state.deleted() && !mode.isIncludeDeleted()) {
      return;
    }
    JpaPid pid = SyntheticPid.of(state.key(), partition);
    pid.setAssociatedResourceId(id);
    pid.setVersion(state.version());
    Date deletedAt = state.deleted() ? Date.from(state.updatedAt()) : null;
    found.put(
        id,
        new JpaResourceLookup(
            SyntheticPid.TYPE,
            state.id(),
            pid,
            deletedAt,
            PartitionablePartitionId.with(partition, null)));
  }

  @Override
  public IIdType translatePidIdToForcedId(FhirContext context, String type, JpaPid pid) {
    if (!SyntheticPid.isOne(pid.getId()) || pid.getAssociatedResourceId() != null) {
      return super.translatePidIdToForcedId(context, type, pid);
    }
    return new IdType(
        translatePidIdToForcedIdWithCache(pid)
            .orElseThrow(
                () -> new ResourceNotFoundException("an Observation of that number is not known")));
  }

  @Override
  public Optional<String> translatePidIdToForcedIdWithCache(JpaPid pid) {
    return SyntheticPid.isOne(pid.getId())
        ? Optional.ofNullable(names(Set.of(pid)).get(pid))
        : super.translatePidIdToForcedIdWithCache(pid);
  }

  @Override
  public PersistentIdToForcedIdMap<JpaPid> translatePidsToForcedIds(Set<JpaPid> pids) {
    Set<JpaPid> ours = new HashSet<>();
    Set<JpaPid> theirs = new HashSet<>();
    pids.forEach(pid -> (SyntheticPid.isOne(pid.getId()) ? ours : theirs).add(pid));
    if (ours.isEmpty()) {
      return super.translatePidsToForcedIds(pids);
    }
    Map<JpaPid, Optional<String>> all =
        new HashMap<>(super.translatePidsToForcedIds(theirs).getResourcePersistentIdOptionalMap());
    Map<JpaPid, String> named = names(ours);
    ours.forEach(pid -> all.put(pid, Optional.ofNullable(named.get(pid))));
    return new PersistentIdToForcedIdMap<>(all);
  }

  /** Type and id of each that exists; a deleted one has its id still. */
  private Map<JpaPid, String> names(Set<JpaPid> pids) {
    Map<ObservationKey, JpaPid> open = new HashMap<>();
    pids.forEach(pid -> open.put(SyntheticPid.key(pid.getId()), pid));
    TransactionWrites.flushPending(Set.of(), open.keySet());
    Map<JpaPid, String> names = new HashMap<>();
    for (TenantId tenant : tenantsOf(pids)) {
      store
          .findByKeys(tenant, open.keySet())
          .forEach((key, state) -> names.put(open.get(key), SyntheticPid.TYPE + "/" + state.id()));
    }
    return names;
  }

  private List<TenantId> tenantsOf(Set<JpaPid> pids) {
    Set<Integer> partitions = pids.stream().map(JpaPid::getPartitionId).collect(Collectors.toSet());
    return tenants.of(
        partitions.contains(null)
            ? RequestPartitionId.allPartitions()
            : RequestPartitionId.fromPartitionIds(List.copyOf(partitions)));
  }

  @Override
  public void addResolvedPidToFhirIdAfterCommit(
      JpaPid pid, RequestPartitionId partition, String type, String id, Date deletedAt) {
    if (!SyntheticPid.isOne(pid.getId())) {
      super.addResolvedPidToFhirIdAfterCommit(pid, partition, type, id, deletedAt);
    }
  }

  @Override
  public IIdType resourceIdFromPidOrThrowException(JpaPid pid, String type) {
    return SyntheticPid.isOne(pid.getId())
        ? translatePidIdToForcedId(null, type, pid)
        : super.resourceIdFromPidOrThrowException(pid, type);
  }
}
