package dev.vigil.server.intake.fast;

import dev.vigil.core.DeviceId;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.intake.fast.FastMessage.Item;
import dev.vigil.server.intake.fast.FastMessage.Measured;
import dev.vigil.server.intake.fast.LearnedShape.KnownIdentifier;
import dev.vigil.server.intake.fast.LearnedShape.KnownReading;
import dev.vigil.telemetry.device.DeviceOwners;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.KnownShape;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.ObservationIdentifier;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import dev.vigil.telemetry.observation.Observations;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes messages of bodies: matches each Observation and checks its leaves. */
final class Preparation {

  /** Beyond that the memory of which device is behind a DeviceMetric is emptied. */
  private static final int MOST_METRICS = 100_000;

  private final KnownTexts known;
  private final Observations store;
  private final EventLog log;
  private final DeviceOwners owners;
  private final Clock clock;
  private final Map<String, DeviceId> behind = new ConcurrentHashMap<>();

  Preparation(
      KnownTexts known, Observations store, EventLog log, DeviceOwners owners, Clock clock) {
    this.known = known;
    this.store = store;
    this.log = log;
    this.owners = owners;
    this.clock = clock;
  }

  /** What one Observation says, before it has a key. */
  private record Draft(
      LearnedShape learned,
      KnownShape shape,
      List<String> sent,
      Instant effective,
      Instant placedAt,
      String patient,
      String device,
      DeviceId source,
      ObservationIdentifier claimed,
      String condition) {}

  /** Empty at any doubt. */
  Optional<FastMessage> prepare(
      byte[] body, Envelope envelope, AccessDecision caller, String requestId) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<Draft> drafts = new ArrayList<>(envelope.entries().size());
    Set<ObservationIdentifier> claimed = new HashSet<>();
    for (Envelope.Entry entry : envelope.entries()) {
      KnownTexts.Match match = known.find(body, entry.from(), entry.to());
      Draft draft = match == null ? null : draft(match, entry.ifNoneExist(), caller.tenant(), now);
      if (draft == null || draft.claimed() != null && !claimed.add(draft.claimed())) {
        return Optional.empty();
      }
      drafts.add(draft);
    }
    if (!claimed.isEmpty() && carriedTwice(drafts, claimed, caller.tenant())) {
      return Optional.empty();
    }
    return message(drafts, caller, requestId, now);
  }

  /** HAPI refuses a condition that two Observations of its transaction would meet. */
  private static boolean carriedTwice(
      List<Draft> drafts, Set<ObservationIdentifier> claimed, TenantId tenant) {
    int carriers = 0;
    for (Draft draft : drafts) {
      for (KnownIdentifier identifier : draft.learned().identifiers()) {
        if (identifier.system() != null
            && claimed.contains(
                new ObservationIdentifier(
                    tenant, identifier.system(), draft.sent().get(identifier.value())))) {
          carriers++;
        }
      }
    }
    return carriers != claimed.size();
  }

  /** Null at any doubt. */
  private Draft draft(KnownTexts.Match match, String condition, TenantId tenant, Instant now) {
    LearnedShape learned = match.shape();
    List<String> sent = match.leaves();
    Instant effective = null;
    Instant issued = null;
    for (int leaf = 0; leaf < learned.forms().length; leaf++) {
      if (leaf == learned.effective() || leaf == learned.issued()) {
        Moment moment = Moment.parse(sent.get(leaf));
        if (moment == null || (moment.form() & learned.forms()[leaf]) == 0) {
          return null;
        }
        effective = leaf == learned.effective() ? moment.instant() : effective;
        issued = leaf == learned.issued() ? moment.instant() : issued;
      }
    }
    KnownShape shape = store.shape(tenant, learned.template()).orElse(null);
    if (shape == null || !shape.covered()) {
      return null;
    }
    String device =
        learned.device() < 0 ? null : learned.deviceType() + "/" + sent.get(learned.device());
    DeviceId source = null;
    if (!learned.readings().isEmpty()) {
      source = learned.device() < 0 ? null : source(tenant, device);
      if (source == null
          || effective == null
          || learned.patient() < 0
          || effective.isAfter(now.plus(ReadingCheck.ALLOWED_SKEW))) {
        return null;
      }
    }
    ObservationIdentifier claimed = null;
    if (condition != null) {
      claimed = claimed(learned, sent, condition, tenant);
      if (claimed == null) {
        return null;
      }
    }
    return new Draft(
        learned,
        shape,
        sent,
        effective,
        effective != null ? effective : issued != null ? issued : now,
        learned.patient() < 0 ? null : sent.get(learned.patient()),
        device,
        source,
        claimed,
        condition);
  }

  private static ObservationIdentifier claimed(
      LearnedShape learned, List<String> sent, String condition, TenantId tenant) {
    for (KnownIdentifier identifier : learned.identifiers()) {
      String value = sent.get(identifier.value());
      if (identifier.system() != null && Envelope.asksFor(condition, identifier.system(), value)) {
        return new ObservationIdentifier(tenant, identifier.system(), value);
      }
    }
    return null;
  }

  /** The device behind a reference; null if it is unknown. */
  private DeviceId source(TenantId tenant, String reference) {
    if (reference.startsWith("Device/")) {
      return new DeviceId(reference.substring("Device/".length()));
    }
    String key = tenant.value() + "/" + reference;
    DeviceId device = behind.get(key);
    if (device == null) {
      DeviceOwners.Ownership found = owners.of(tenant, List.of(reference)).get(reference);
      if (found == null) {
        return null;
      }
      device = found.device();
      if (behind.size() > MOST_METRICS) {
        behind.clear();
      }
      behind.put(key, device);
    }
    return device;
  }

  /** Another device was found behind a DeviceMetric. */
  void forget(TenantId tenant, String reference) {
    behind.remove(tenant.value() + "/" + reference);
  }

  private Optional<FastMessage> message(
      List<Draft> drafts, AccessDecision caller, String requestId, Instant now) {
    List<ObservationKey> keys = store.allocate(drafts.stream().map(Draft::placedAt).toList());
    List<Item> items = new ArrayList<>(drafts.size());
    List<Reading> readings = new ArrayList<>(drafts.size());
    List<ResourceChange> changes = new ArrayList<>(drafts.size());
    for (int i = 0; i < drafts.size(); i++) {
      Draft draft = drafts.get(i);
      String id = keys.get(i).id();
      if (!addReadings(draft, id, now, readings)) {
        return Optional.empty();
      }
      List<Leaf> leaves = draft.learned().leaves(draft.sent(), requestId);
      Optional<PatientId> person = Optional.ofNullable(draft.patient()).map(PatientId::new);
      items.add(
          new Item(
              draft.shape(),
              leaves,
              keys.get(i),
              draft.effective() == null
                  ? null
                  : new Effective(draft.effective(), draft.effective()),
              draft.placedAt(),
              draft.patient(),
              draft.device(),
              draft.source() == null
                  ? null
                  : new Measured(draft.source(), person.orElseThrow(), draft.effective()),
              draft.claimed(),
              draft.condition()));
      List<String> raw = new ArrayList<>(leaves.size());
      leaves.forEach(leaf -> raw.add(leaf.raw()));
      changes.add(
          new ResourceChange(
              "Observation",
              id,
              1,
              Action.CREATED,
              person,
              Optional.of(new ResourceContent(draft.shape().template(), raw)),
              Optional.of(new ResourceChange.Stored(now, Optional.empty()))));
    }
    Source source = new Source("fhir", caller.actor().reference());
    ResourcesWritten written = new ResourcesWritten(changes, readings);
    EventLog.Prepared event = log.prepare(caller.tenant(), source, written);
    return Optional.of(
        new FastMessage(
            caller.tenant(), caller.actor().reference(), requestId, now, items, written, event));
  }

  /** False if a working sensor cannot report one of them. */
  private static boolean addReadings(Draft draft, String id, Instant now, List<Reading> readings) {
    for (KnownReading known : draft.learned().readings()) {
      Optional<ReadingValue> value =
          known.number() < 0
              ? Optional.of(known.pattern().value())
              : known.pattern().value(new BigDecimal(draft.sent().get(known.number())));
      if (value.isEmpty()) {
        return false;
      }
      readings.add(
          new Reading(
              new ObservationId(id),
              draft.source(),
              new PatientId(draft.patient()),
              known.pattern().metric(),
              value.get(),
              draft.effective(),
              now,
              known.pattern().quality()));
    }
    return true;
  }
}
