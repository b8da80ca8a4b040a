package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationState;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Meta;

/**
 * Finds stored versions for the DAO. In one transaction the newest version of an Observation is
 * always the same entity, also when it is not sent to the store yet.
 */
final class ObservationReader {

  private final Observations store;
  private final PartitionTenants tenants;

  ObservationReader(Observations store, PartitionTenants tenants) {
    this.store = store;
    this.tenants = tenants;
  }

  /** The newest version, which may be a deletion; empty if there never was one. */
  Optional<ObservationEntity> newest(IIdType id, RequestPartitionId partition) {
    requireType(id);
    for (TenantId tenant : tenants.of(partition)) {
      Optional<ObservationEntity> found = newest(tenant, id.getIdPart());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<ObservationEntity> newest(TenantId tenant, String id) {
    ObservationEntity met = TransactionWrites.of(store).met(tenant, id);
    if (met != null) {
      return Optional.of(met);
    }
    Optional<ObservationKey> key =
        ObservationKey.ofId(id)
            .or(
                () ->
                    Optional.ofNullable(store.findByIds(tenant, List.of(id)).get(id))
                        .map(ObservationState::key));
    return key.flatMap(known -> newest(tenant, known));
  }

  /** Tags, labels and profiles of all Observations. */
  Meta metaInUse(RequestPartitionId partition) {
    Meta meta = new Meta();
    for (TenantId tenant : tenants.of(partition)) {
      for (IndexEntry entry :
          store.inUse(
              tenant,
              Set.of(Constants.PARAM_TAG, Constants.PARAM_SECURITY, Constants.PARAM_PROFILE))) {
        if (entry instanceof IndexEntry.Uri profile) {
          meta.addProfile(profile.uri());
        } else if (entry instanceof IndexEntry.Token token) {
          Coding coding =
              entry.param().equals(Constants.PARAM_TAG) ? meta.addTag() : meta.addSecurity();
          coding.setSystem(token.system().isEmpty() ? null : token.system());
          coding.setCode(token.code().isEmpty() ? null : token.code());
        }
      }
    }
    return meta;
  }

  /** The newest version of the Observation of that number. */
  Optional<ObservationEntity> newest(JpaPid pid) {
    ObservationKey key = SyntheticPid.key(pid.getId());
    ObservationEntity met = TransactionWrites.of(store).met(key);
    return met != null
        ? Optional.of(met)
        : tenantsOf(pid).stream().flatMap(tenant -> newest(tenant, key).stream()).findFirst();
  }

  private Optional<ObservationEntity> newest(TenantId tenant, ObservationKey key) {
    StoredObservation stored = store.load(tenant, List.of(key)).get(key);
    if (stored == null) {
      return Optional.empty();
    }
    ObservationEntity entity = ObservationEntity.stored(tenant, tenants.of(tenant), stored);
    TransactionWrites.of(store).meet(entity);
    return Optional.of(entity);
  }

  /** How far the Observation of that number has come, without what it says. */
  Optional<ObservationEntity> state(JpaPid pid) {
    ObservationKey key = SyntheticPid.key(pid.getId());
    return tenantsOf(pid).stream().flatMap(tenant -> state(tenant, key).stream()).findFirst();
  }

  private Optional<ObservationEntity> state(TenantId tenant, ObservationKey key) {
    return Optional.ofNullable(store.findByKeys(tenant, List.of(key)).get(key))
        .map(state -> ObservationEntity.stored(tenant, tenants.of(tenant), state));
  }

  private List<TenantId> tenantsOf(JpaPid pid) {
    return tenants.of(
        pid.getPartitionId() == null
            ? RequestPartitionId.allPartitions()
            : RequestPartitionId.fromPartitionId(pid.getPartitionId()));
  }

  /**
   * The version that the id names, or the newest.
   *
   * @throws ResourceNotFoundException if there is none; a deletion is found
   */
  ObservationEntity named(IIdType id, RequestPartitionId partition, String unknownVersion) {
    ObservationEntity newest =
        newest(id, partition)
            .orElseThrow(
                () ->
                    new ResourceNotFoundException(
                        Msg.code(2001)
                            + "Resource "
                            + SyntheticPid.TYPE
                            + "/"
                            + id.getIdPart()
                            + " is not known"));
    if (!id.hasVersionIdPart()) {
      return newest;
    }
    if (!id.isVersionIdPartValidLong()) {
      throw new ResourceNotFoundException(Msg.code(978) + unknownVersion);
    }
    long version = id.getVersionIdPartAsLong();
    return version == newest.getVersion()
        ? newest
        : version(newest, version)
            .orElseThrow(() -> new ResourceNotFoundException(Msg.code(979) + unknownVersion));
  }

  /** One version of it. */
  Optional<ObservationEntity> version(ObservationEntity of, long version) {
    return store
        .load(of.tenant(), of.key(), version)
        .map(stored -> ObservationEntity.stored(of.tenant(), of.partition(), stored));
  }

  private static void requireType(IIdType id) {
    if (id.hasResourceType() && !SyntheticPid.TYPE.equals(id.getResourceType())) {
      throw new InvalidRequestException(
          Msg.code(996)
              + "Incorrect resource type ("
              + id.getResourceType()
              + ") for this DAO, wanted: "
              + SyntheticPid.TYPE);
    }
  }
}
