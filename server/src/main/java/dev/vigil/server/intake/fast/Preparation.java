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
import dev.vigil.server.intake.fast.FastMessage.Item;
import dev.vigil.server.intake.fast.FastMessage.Measured;
import dev.vigil.server.intake.fast.FastMessage.Reference;
import dev.vigil.server.intake.fast.LearnedShape.KnownIdentifier;
import dev.vigil.server.intake.fast.LearnedShape.KnownReading;
import dev.vigil.server.observation.RequestIds;
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
      Effective effective,
      Instant placedAt,
      Measured measured,
      ObservationIdentifier claimed,
      String condition) {}

  /** Empty at any doubt. */
  Optional<FastMessage> prepare(
      byte[] body, Envelope envelope, TenantId tenant, Source source, String requestId) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<Draft> drafts = new ArrayList<>(envelope.entries().size());
    Set<ObservationIdentifier> claimed = new HashSet<>();
    for (Envelope.Entry entry : envelope.entries()) {
      Draft draft = draft(body, entry, tenant, now);
      if (draft == null || draft.claimed() != null && !claimed.add(draft.claimed())) {
        return Optional.empty();
      }
      drafts.add(draft);
    }
    if (!claimed.isEmpty() && carriedTwice(drafts, claimed, tenant)) {
      return Optional.empty();
    }
    return message(drafts, tenant, source, requestId, now);
  }

  /** Whether one Observation by itself leaves no doubt. */
  boolean knows(byte[] body, Envelope.Entry entry, TenantId tenant) {
    return draft(body, entry, tenant, clock.instant()) != null;
  }

  private Draft draft(byte[] body, Envelope.Entry entry, TenantId tenant, Instant now) {
    KnownTexts.Match match = known.find(body, entry.from(), entry.to());
    return match == null || match.shape() == null
        ? null
        : draft(match, entry.condition(), tenant, now);
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
  private Draft draft(KnownTexts.Match match, Condition condition, TenantId tenant, Instant now) {
    LearnedShape learned = match.shape();
    List<String> sent = match.leaves();
    Instant[] moments = moments(learned, sent);
    if (moments == null) {
      return null;
    }
    Instant measuredAt = learned.effective() < 0 ? null : moments[learned.effective()];
    Instant start = learned.start() < 0 ? measuredAt : moments[learned.start()];
    boolean isPeriod = learned.start() >= 0;
    if (isPeriod && !start.isBefore(measuredAt)) {
      return null; // No period of R4 (per-1), or one at whose end it is better to look twice.
    }
    KnownShape shape = store.shape(tenant, learned.template()).orElse(null);
    if (shape == null) {
      return null;
    }
    Measured measured = null;
    if (learned.deviceReading()) {
      measured = measured(learned, sent, tenant, measuredAt);
      if (measured == null || measuredAt.isAfter(now.plus(ReadingCheck.ALLOWED_SKEW))) {
        return null;
      }
    }
    ObservationIdentifier claimed = null;
    boolean claims =
        condition.own()
            ? learned.identifiers().stream().anyMatch(identifier -> identifier.system() != null)
            : condition.asks();
    if (claims) {
      claimed = claimed(learned, sent, condition, tenant);
      if (claimed == null) {
        return null;
      }
    }
    Effective effective = measuredAt == null ? null : new Effective(start, measuredAt);
    Instant issued = learned.issued() < 0 ? now : moments[learned.issued()];
    return new Draft(
        learned,
        shape,
        sent,
        effective,
        Effective.placedAt(effective, issued),
        measured,
        claimed,
        condition.text());
  }

  /** What each leaf says that is a time; null if one of them would not come out as it came in. */
  private static Instant[] moments(LearnedShape learned, List<String> sent) {
    Instant[] moments = new Instant[sent.size()];
    for (int leaf = 0; leaf < moments.length; leaf++) {
      if (learned.forms()[leaf] != 0) {
        Moment moment = Moment.parse(sent.get(leaf));
        if (moment == null || (moment.form() & learned.forms()[leaf]) == 0) {
          return null;
        }
        moments[leaf] = moment.instant();
      }
    }
    return moments;
  }

  /** Null if its device is unknown. */
  private Measured measured(
      LearnedShape learned, List<String> sent, TenantId tenant, Instant measuredAt) {
    if (learned.device() < 0 || learned.patient() < 0 || measuredAt == null) {
      return null;
    }
    String reference = learned.deviceType() + "/" + sent.get(learned.device());
    DeviceId device = source(tenant, reference);
    return device == null
        ? null
        : new Measured(reference, device, new PatientId(sent.get(learned.patient())), measuredAt);
  }

  /** Null if it asks for another one, or in words that only HAPI knows. */
  private static ObservationIdentifier claimed(
      LearnedShape learned, List<String> sent, Condition condition, TenantId tenant) {
    for (KnownIdentifier identifier : learned.identifiers()) {
      String value = sent.get(identifier.value());
      if (identifier.system() != null && condition.asksFor(identifier.system(), value)) {
        return new ObservationIdentifier(tenant, identifier.system(), value);
      }
      if (identifier.system() != null && condition.own()) {
        return null; // It is the first one that counts.
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
      List<Draft> drafts, TenantId tenant, Source source, String requestId, Instant now) {
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
      List<Leaf> leaves = draft.learned().leaves(draft.sent(), RequestIds.kept(requestId));
      items.add(
          new Item(
              draft.shape(),
              leaves,
              keys.get(i),
              draft.effective(),
              draft.placedAt(),
              draft.shape().entries(leaves),
              references(draft),
              draft.measured(),
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
              person(draft),
              Optional.of(new ResourceContent(draft.shape().template(), raw)),
              Optional.of(new ResourceChange.Stored(now, Optional.empty()))));
    }
    ResourcesWritten written = new ResourcesWritten(changes, readings);
    EventLog.Prepared event = log.prepare(tenant, source, written);
    return Optional.of(
        new FastMessage(tenant, source.client(), requestId, now, items, written, event));
  }

  private static Optional<PatientId> person(Draft draft) {
    int patient = draft.learned().patient();
    return patient < 0 ? Optional.empty() : Optional.of(new PatientId(draft.sent().get(patient)));
  }

  private static List<Reference> references(Draft draft) {
    return draft.learned().references().stream()
        .map(known -> new Reference(known.path(), known.type(), draft.sent().get(known.id())))
        .toList();
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
              draft.measured().device(),
              draft.measured().patient(),
              known.pattern().metric(),
              value.get(),
              draft.measured().at(),
              now,
              known.pattern().quality()));
    }
    return true;
  }
}
