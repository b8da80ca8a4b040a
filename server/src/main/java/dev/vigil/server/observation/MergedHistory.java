package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirVersionEnum;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.HistoryBuilder;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.PartitionablePartitionId;
import ca.uhn.fhir.jpa.model.entity.ResourceEncodingEnum;
import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTable;
import ca.uhn.fhir.rest.api.server.storage.IResourcePersistentId;
import ca.uhn.fhir.rest.param.HistorySearchStyleEnum;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.HistoryQuery;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.StoredObservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * Histories for HAPI: of Observations from our store, of all types from both, merged in HAPI's
 * order, and of other types HAPI's own. Our versions are handed over as rows of HAPI's that are
 * never stored.
 */
class MergedHistory extends HistoryBuilder {

  /** Newest first, as HAPI sorts; of one moment the greater number first. */
  private static final Comparator<ResourceHistoryTable> NEWEST_FIRST =
      Comparator.comparing(ResourceHistoryTable::getUpdatedDate)
          .thenComparing(row -> row.getResourceId().getId())
          .thenComparing(ResourceHistoryTable::getVersion)
          .reversed();

  private final Observations store;
  private final PartitionTenants tenants;
  private final String type;
  private final JpaPid one;
  private final List<IResourcePersistentId<?>> several;
  private final Instant from;
  private final Instant to;

  /** Of one resource, of a type, or of everything. */
  MergedHistory(
      Observations store, PartitionTenants tenants, String type, JpaPid one, Date from, Date to) {
    super(type, one, from, to);
    this.store = store;
    this.tenants = tenants;
    this.type = type;
    this.one = one;
    this.several = List.of();
    this.from = moment(from);
    this.to = moment(to);
  }

  /** Of several resources of a type. */
  MergedHistory(
      Observations store,
      PartitionTenants tenants,
      String type,
      List<IResourcePersistentId<?>> several,
      Date from,
      Date to) {
    super(type, several, from, to);
    this.store = store;
    this.tenants = tenants;
    this.type = type;
    this.one = null;
    this.several = several;
    this.from = moment(from);
    this.to = moment(to);
  }

  private static Instant moment(Date date) {
    return date == null ? null : date.toInstant();
  }

  @Override
  public Long fetchCount(RequestPartitionId partition) {
    long theirs = onlyOurs() ? 0 : super.fetchCount(partition);
    return theirs + (noneOfOurs() ? 0 : countOurs(partition));
  }

  private long countOurs(RequestPartitionId partition) {
    long count = 0;
    for (TenantId tenant : tenants.of(partition)) {
      for (Optional<ObservationKey> key : keys()) {
        count += store.countHistory(query(tenant, key, null, Integer.MAX_VALUE));
      }
    }
    return count;
  }

  @Override
  public List<ResourceHistoryTable> fetchEntities(
      RequestPartitionId partition,
      Integer offset,
      int begin,
      int end,
      HistorySearchStyleEnum style) {
    if (noneOfOurs()) {
      return super.fetchEntities(partition, offset, begin, end, style);
    }
    int first = begin + (offset == null ? 0 : offset);
    int last = first + end - begin;
    List<ResourceHistoryTable> all = new ArrayList<>(ours(partition, last, style));
    if (!onlyOurs()) {
      all.addAll(super.fetchEntities(partition, null, 0, last, style));
      all.sort(NEWEST_FIRST);
    }
    return first >= all.size()
        ? List.of()
        : List.copyOf(all.subList(first, Math.min(last, all.size())));
  }

  /** The first of each; several resources come one after the other, in the order of numbers. */
  private List<ResourceHistoryTable> ours(
      RequestPartitionId partition, int limit, HistorySearchStyleEnum style) {
    List<ResourceHistoryTable> rows = new ArrayList<>();
    for (TenantId tenant : tenants.of(partition)) {
      Integer number = tenants.of(tenant).getFirstPartitionIdOrNull();
      for (Optional<ObservationKey> key : keys()) {
        if (rows.size() < limit || several.isEmpty()) {
          store.history(query(tenant, key, style, limit)).stream()
              .map(version -> asHapis(version, number))
              .forEach(rows::add);
        }
      }
    }
    if (several.isEmpty()) {
      rows.sort(NEWEST_FIRST);
    }
    return rows.subList(0, Math.min(rows.size(), limit));
  }

  private HistoryQuery query(
      TenantId tenant, Optional<ObservationKey> key, HistorySearchStyleEnum style, int limit) {
    boolean at = style == HistorySearchStyleEnum.AT && from != null;
    return new HistoryQuery(tenant, key, from, to, at, 0, limit);
  }

  private List<Optional<ObservationKey>> keys() {
    if (one != null) {
      return List.of(Optional.of(SyntheticPid.key(one.getId())));
    }
    return several.isEmpty()
        ? List.of(Optional.empty())
        : several.stream()
            .map(pid -> (Long) pid.getId())
            .sorted()
            .map(number -> Optional.of(SyntheticPid.key(number)))
            .toList();
  }

  private boolean onlyOurs() {
    return one == null ? SyntheticPid.TYPE.equals(type) : SyntheticPid.isOne(one.getId());
  }

  private boolean noneOfOurs() {
    return one == null
        ? type != null && !SyntheticPid.TYPE.equals(type)
        : !SyntheticPid.isOne(one.getId());
  }

  private static ResourceHistoryTable asHapis(StoredObservation version, Integer partition) {
    Date updated = Date.from(version.updatedAt());
    ResourceHistoryTable row = new ResourceHistoryTable();
    row.setResourceType(SyntheticPid.TYPE);
    row.setResourceId(SyntheticPid.number(version.key()));
    row.setTransientForcedId(version.id());
    row.setVersion(version.version());
    row.setFhirVersion(FhirVersionEnum.R4);
    row.setPartitionId(PartitionablePartitionId.with(partition, null));
    row.setUpdated(updated);
    // HAPI takes a version for the first, a POST, when both times are the same.
    row.setPublished(version.version() == 1 ? updated : new Date(updated.getTime() - 1));
    if (version.deleted()) {
      row.setDeleted(updated);
      row.setEncoding(ResourceEncodingEnum.DEL);
    } else {
      row.setEncoding(ResourceEncodingEnum.JSON);
      row.setResourceTextVc(version.json());
    }
    return row;
  }
}
