package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Every Observation of every tenant. Each question names its tenant and sees no other. */
public interface Observations {

  /**
   * New keys, one for each moment, in that order. Nothing is written; a key that is never used is
   * lost without harm. Needs no transaction.
   *
   * @param placedAt the moments whose weeks the Observations will be kept in
   */
  List<ObservationKey> allocate(List<Instant> placedAt);

  /**
   * Writes new versions and deletions in the caller's transaction, in a few statements for all.
   *
   * @param sequence of the log event that tells about them; 0 when it is not known yet, and {@link
   *     #told} follows
   * @throws dev.vigil.core.ProblemException of kind CONFLICT if a version is not the one after the
   *     newest, an id or a match URL is taken; the transaction must then be rolled back. Of kind
   *     INVALID if a client's id has the form of the server's
   */
  void record(TenantId tenant, long sequence, List<ObservationWrite> writes);

  /**
   * The shape with a template, if an Observation of the tenant was recorded with it and committed.
   * Usually answered from memory.
   */
  Optional<KnownShape> shape(TenantId tenant, String template);

  /**
   * Writes new Observations of known shapes in the caller's transaction, all messages in one go.
   * Conditions are not looked at: see {@link #claim}.
   */
  void append(List<NewObservation.Message> messages);

  /**
   * Which living Observations carry the identifiers. Until the caller's transaction ends, others
   * that claim one of them wait, so what is not found here stays so unless the caller creates it.
   * Claim all of a transaction at once, or two may wait for each other. Different identifiers may
   * share a lock: then others wait in vain, but not for ever.
   *
   * @return for each identifier that was found all that carry it
   */
  Map<ObservationIdentifier, Set<ObservationKey>> claim(Set<ObservationIdentifier> identifiers);

  /**
   * Says which event told of versions that this transaction recorded with sequence 0, in the
   * caller's transaction.
   */
  void told(TenantId tenant, long sequence, Collection<ObservationKey> keys);

  /** States by logical id, deleted ones included; those that never were are missing. */
  Map<String, ObservationState> findByIds(TenantId tenant, Collection<String> ids);

  /** States by key, deleted ones included; those that never were are missing. */
  Map<ObservationKey, ObservationState> findByKeys(
      TenantId tenant, Collection<ObservationKey> keys);

  /**
   * The newest versions, in the order of the keys. Deleted ones come without content; those that
   * never were are missing.
   */
  Map<ObservationKey, StoredObservation> load(TenantId tenant, Collection<ObservationKey> keys);

  /** One version; empty if there never was one. */
  Optional<StoredObservation> load(TenantId tenant, ObservationKey key, long version);

  /** Hits in the order asked for. */
  List<ObservationPosition> search(ObservationQuery query);

  /** The same hits with what they say. */
  default List<StoredObservation> find(ObservationQuery query) {
    List<ObservationKey> keys = search(query).stream().map(ObservationPosition::key).toList();
    return load(query.tenant(), keys).values().stream().filter(found -> !found.deleted()).toList();
  }

  /**
   * The newest hits of each shape, newest first; those without a time come last, by key. All are
   * about one patient.
   *
   * @param max of each shape; at least 1
   * @return empty if this is not to be had: unless the criterion names one patient, and few enough
   *     shapes can meet it
   */
  default Optional<List<StoredObservation>> newestOfShapes(
      TenantId tenant, Criterion filter, int max) {
    return Optional.empty();
  }

  /**
   * What living Observations that meet a criterion refer to: PIDs of resources of a type.
   *
   * @param paths by these elements
   */
  Set<Long> targets(TenantId tenant, Criterion filter, Set<String> paths, String type);

  /**
   * The number in HAPI's store of a Patient, Device or DeviceMetric. Usually answered from memory.
   *
   * @param id its logical id
   * @return empty if no Observation of the tenant ever referred to it as subject or device; it may
   *     exist all the same. Else the number, also where it was deleted since
   */
  default OptionalLong pid(TenantId tenant, String type, String id) {
    return OptionalLong.empty();
  }

  /** How many meet the criterion. */
  long count(TenantId tenant, Criterion filter);

  /** Versions, newest first. */
  List<StoredObservation> history(HistoryQuery query);

  /**
   * Versions with content that were current at a moment and are not any more, in the order of keys.
   *
   * @param patientPids of which one is their subject; null for any subject
   * @param most at most so many
   */
  List<StoredObservation> supersededAt(
      TenantId tenant, Instant at, Collection<Long> patientPids, int most);

  /**
   * Codes and addresses that any Observation has, or had in a version with the same shape as
   * others, each once.
   *
   * @param params found by these search parameters
   */
  List<IndexEntry> inUse(TenantId tenant, Set<String> params);

  /** How many versions the query would find without offset and limit. */
  long countHistory(HistoryQuery query);

  /**
   * Which living Observations refer to one of the targets, in the order of keys.
   *
   * @param paths only by these elements; empty for all
   * @param limit at most so many links
   */
  List<FoundLink> linksTo(
      TenantId tenant, Collection<Long> targetPids, Set<String> paths, int limit);

  /** All references of living Observations, in no order. */
  List<FoundLink> linksFrom(TenantId tenant, Collection<ObservationKey> keys, Set<String> paths);

  /**
   * Removes Observations with all their versions, in the caller's transaction, as if they never
   * were.
   *
   * @return how many
   */
  long erase(TenantId tenant, Collection<ObservationKey> keys);

  /**
   * Removes superseded versions, in the caller's transaction. A deletion that is the newest version
   * stays.
   *
   * @return how many
   */
  long eraseVersions(TenantId tenant, ObservationKey key, Set<Long> versions);

  /**
   * Removes Observations of which any version has this patient as subject, with all versions, in
   * the caller's transaction. Those that another transaction is just writing are left; call it
   * again until nothing is left.
   *
   * @param most roughly that many at once
   */
  Erased eraseSubject(TenantId tenant, long patientPid, int most);

  /**
   * What an erasure did.
   *
   * @param count how many were removed
   * @param done whether there was nothing to remove
   */
  record Erased(long count, boolean done) {}

  /**
   * A link of an Observation.
   *
   * @param key the one that refers
   * @param link what it says
   */
  record FoundLink(ObservationKey key, ObservationLink link) {}
}
