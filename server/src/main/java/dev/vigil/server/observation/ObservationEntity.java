package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.cross.IBasePersistedResource;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.PartitionablePartitionId;
import ca.uhn.fhir.model.primitive.IdDt;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationState;
import dev.vigil.telemetry.observation.StoredObservation;
import java.time.Instant;
import java.util.Date;
import java.util.function.Supplier;

/**
 * An Observation as HAPI's algorithms carry it through a write: which one, how far it has come, and
 * the JSON of that version. Belongs to one transaction.
 */
final class ObservationEntity implements IBasePersistedResource<JpaPid> {

  private final TenantId tenant;
  private final RequestPartitionId partition;
  private final ObservationKey key;
  private final String id;
  private final Instant placedAt;
  private final String createdByMatchUrl;
  private long version;
  private Instant updatedAt;
  private boolean deleted;
  private Supplier<String> json;
  private boolean unchanged;

  private ObservationEntity(
      TenantId tenant,
      RequestPartitionId partition,
      ObservationKey key,
      String id,
      Instant placedAt,
      String createdByMatchUrl) {
    this.tenant = tenant;
    this.partition = partition;
    this.key = key;
    this.id = id;
    this.placedAt = placedAt;
    this.createdByMatchUrl = createdByMatchUrl;
  }

  /**
   * One that is not stored yet: version 1 without JSON.
   *
   * @param placedAt the moment its key was allocated for
   * @param matchUrl the condition it is created under; null for none
   */
  static ObservationEntity created(
      TenantId tenant,
      RequestPartitionId partition,
      ObservationKey key,
      String id,
      Instant placedAt,
      String matchUrl,
      Instant now) {
    ObservationEntity entity =
        new ObservationEntity(tenant, partition, key, id, placedAt, matchUrl);
    entity.version = 1;
    entity.updatedAt = now;
    return entity;
  }

  /** A stored version. */
  static ObservationEntity stored(
      TenantId tenant, RequestPartitionId partition, StoredObservation stored) {
    ObservationEntity entity =
        new ObservationEntity(tenant, partition, stored.key(), stored.id(), null, null);
    entity.version = stored.version();
    entity.updatedAt = stored.updatedAt();
    entity.deleted = stored.deleted();
    entity.json = stored.deleted() ? null : stored::json;
    return entity;
  }

  /** A stored version without what it says. */
  static ObservationEntity stored(
      TenantId tenant, RequestPartitionId partition, ObservationState state) {
    ObservationEntity entity =
        new ObservationEntity(tenant, partition, state.key(), state.id(), null, null);
    entity.version = state.version();
    entity.updatedAt = state.updatedAt();
    entity.deleted = state.deleted();
    return entity;
  }

  /** It now says this, in the version it has or in the next. */
  void write(String body, boolean nextVersion, Instant now) {
    version += nextVersion ? 1 : 0;
    updatedAt = now;
    deleted = false;
    unchanged = false;
    json = () -> body;
  }

  /** It is gone from the next version on. */
  void delete(Instant now) {
    version++;
    updatedAt = now;
    deleted = true;
    json = null;
  }

  /** The write that was asked for would have changed nothing. */
  void leave() {
    unchanged = true;
  }

  boolean unchanged() {
    return unchanged;
  }

  /** False for a deletion, and before the first write. */
  boolean hasJson() {
    return json != null;
  }

  /** As it is stored: without id, version and time of the version. */
  String json() {
    return json.get();
  }

  TenantId tenant() {
    return tenant;
  }

  RequestPartitionId partition() {
    return partition;
  }

  ObservationKey key() {
    return key;
  }

  Instant updatedAt() {
    return updatedAt;
  }

  /** Only of one that is created in this transaction, else null. */
  Instant placedAt() {
    return placedAt;
  }

  /** Only of one that is created in this transaction, else null. */
  String createdByMatchUrl() {
    return createdByMatchUrl;
  }

  @Override
  public IdDt getIdDt() {
    return new IdDt(SyntheticPid.TYPE, id, Long.toString(version));
  }

  @Override
  public long getVersion() {
    return version;
  }

  @Override
  public boolean isDeleted() {
    return deleted;
  }

  @Override
  public void setNotDeleted() {
    deleted = false;
  }

  @Override
  public String getResourceType() {
    return SyntheticPid.TYPE;
  }

  @Override
  public String getFhirId() {
    return id;
  }

  @Override
  public Date getDeleted() {
    return deleted ? Date.from(updatedAt) : null;
  }

  @Override
  public JpaPid getPersistentId() {
    return SyntheticPid.of(key, partition.getFirstPartitionIdOrNull());
  }

  @Override
  public PartitionablePartitionId getPartitionId() {
    return PartitionablePartitionId.with(partition.getFirstPartitionIdOrNull(), null);
  }

  @Override
  public String toString() {
    return "ObservationEntity[" + key.id() + " version " + version + "]";
  }
}
