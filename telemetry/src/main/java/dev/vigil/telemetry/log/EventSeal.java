package dev.vigil.telemetry.log;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.ContentErased;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.key.DataKey;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.log.SealedParts.Sealed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Seals the parts of events, each under the key of whom it is about, and opens them again. A part
 * is bound to its place: tenant, shard, sequence, kind, number of the part and how many there are.
 */
final class EventSeal {

  private final DataKeys keys;
  private final EventCodec codec = new EventCodec();

  EventSeal(DataKeys keys) {
    this.keys = keys;
  }

  PackedEvent pack(Event event) {
    return pack(event, Set.of());
  }

  private PackedEvent pack(Event event, Set<PatientId> keyless) {
    EventCodec.Encoded encoded = codec.encode(event, keyless);
    return new PackedEvent(
        encoded.kind(),
        encoded.parts().stream()
            .map(
                part ->
                    new PackedEvent.Part(part.person(), part.bytes(), Packing.pack(part.bytes())))
            .toList());
  }

  /**
   * Looks up in advance what sealing these events takes: keys that are not destroyed before the
   * caller's transaction ends.
   */
  Sealer sealer(Collection<EventLog.Prepared> events) {
    Map<TenantId, Set<PatientId>> persons = new HashMap<>();
    for (EventLog.Prepared event : events) {
      Set<PatientId> ofTenant = persons.computeIfAbsent(event.tenant(), unseen -> new HashSet<>());
      event.packed().parts().forEach(part -> part.person().ifPresent(ofTenant::add));
    }
    Map<TenantId, Map<PatientId, DataKey>> found = new HashMap<>();
    persons.forEach((tenant, wanted) -> found.put(tenant, keys.personKeys(tenant, wanted)));
    return new Sealer(found);
  }

  /** Seals events. */
  final class Sealer {

    private final Map<TenantId, Map<PatientId, DataKey>> personKeys;

    private Sealer(Map<TenantId, Map<PatientId, DataKey>> personKeys) {
      this.personKeys = personKeys;
    }

    /** Whether none of those the event tells about was erased. */
    boolean knowsAll(EventLog.Prepared event) {
      Map<PatientId, DataKey> present = personKeys.get(event.tenant());
      return event.packed().parts().stream()
          .flatMap(part -> part.person().stream())
          .allMatch(present::containsKey);
    }

    /**
     * The payload at a place.
     *
     * @throws dev.vigil.core.ProblemException CONFLICT if it tells about somebody who was erased
     */
    byte[] seal(EventLog.Prepared event, int shard, long sequence) {
      TenantId tenant = event.tenant();
      PackedEvent packed = event.packed();
      Map<PatientId, DataKey> present = personKeys.get(tenant);
      Set<PatientId> keyless =
          packed.parts().stream()
              .flatMap(part -> part.person().stream())
              .filter(person -> !present.containsKey(person))
              .collect(Collectors.toSet());
      if (!keyless.isEmpty()) {
        packed = pack(event.event(), keyless);
      }
      List<PackedEvent.Part> parts = packed.parts();
      List<Sealed> sealed = new ArrayList<>(parts.size());
      for (int i = 0; i < parts.size(); i++) {
        PackedEvent.Part part = parts.get(i);
        DataKey key = part.person().map(present::get).orElseGet(() -> keys.tenantKey(tenant));
        byte[] place =
            place(EventCodec.VERSION, tenant, shard, sequence, packed.kind(), i, parts.size());
        sealed.add(
            new Sealed(key.id(), key.digest(part.bytes(), place), key.seal(part.packed(), place)));
      }
      return SealedParts.write(sealed);
    }
  }

  /**
   * Looks up in advance what opening these rows takes.
   *
   * @throws dev.vigil.telemetry.key.KeyUnavailableException if a key service is away
   */
  Opener opener(Collection<EventRow> rows) {
    Map<TenantId, Set<UUID>> wanted = new HashMap<>();
    for (EventRow row : rows) {
      keyIds(row)
          .forEach(
              (tenant, ids) ->
                  wanted.computeIfAbsent(tenant, unseen -> new HashSet<>()).addAll(ids));
    }
    Map<TenantId, Map<UUID, Optional<DataKey>>> found = new HashMap<>();
    wanted.forEach((tenant, ids) -> found.put(tenant, keys.byId(tenant, ids)));
    return new Opener(found);
  }

  /** Nothing for a row that is damaged: that is told when it is opened, after those before it. */
  private static Map<TenantId, Set<UUID>> keyIds(EventRow row) {
    if (!inParts(row)) {
      return Map.of();
    }
    try {
      return Map.of(
          new TenantId(row.tenant()),
          SealedParts.read(row.payload()).stream().map(Sealed::key).collect(Collectors.toSet()));
    } catch (IllegalArgumentException e) {
      return Map.of();
    }
  }

  private static boolean inParts(EventRow row) {
    return row.version() >= EventCodec.FIRST_IN_PARTS && row.version() <= EventCodec.VERSION;
  }

  /** Opens rows. */
  final class Opener {

    private final Map<TenantId, Map<UUID, Optional<DataKey>>> found;

    private Opener(Map<TenantId, Map<UUID, Optional<DataKey>>> found) {
      this.found = found;
    }

    /**
     * The event of a row, without what it told about persons who were erased.
     *
     * @throws IllegalArgumentException if the row cannot be read
     */
    Event open(EventRow row) {
      if (row.version() == 1) {
        return withoutErased(row);
      }
      if (!inParts(row)) {
        throw new IllegalArgumentException(
            "unknown version " + row.version() + " of " + row.kind());
      }
      return codec.decode(row.kind(), row.version(), parts(row));
    }

    private List<Optional<byte[]>> parts(EventRow row) {
      List<Sealed> sealed = SealedParts.read(row.payload());
      List<Optional<byte[]>> parts = new ArrayList<>(sealed.size());
      TenantId tenant = new TenantId(row.tenant());
      for (int i = 0; i < sealed.size(); i++) {
        Optional<DataKey> key = found.get(tenant).get(sealed.get(i).key());
        if (key == null) {
          throw new IllegalArgumentException("there is no key of part " + i);
        }
        byte[] place =
            place(row.version(), tenant, row.shard(), row.sequence(), row.kind(), i, sealed.size());
        Sealed part = sealed.get(i);
        parts.add(key.map(present -> unsealed(present, part, place)));
      }
      return parts;
    }

    /** Version 1 is in clear for good: what it tells of the erased is left out on reading. */
    private Event withoutErased(EventRow row) {
      Event event = codec.decodeFirstVersion(row.kind(), row.payload());
      TenantId tenant = new TenantId(row.tenant());
      if (event instanceof AlertEvent step) {
        PatientId person = step.alert().trigger().patient();
        return keys.erased(tenant, Set.of(person)).isEmpty() ? event : new ContentErased();
      }
      if (event instanceof ResourcesWritten written) {
        Set<PatientId> erased =
            keys.erased(
                tenant,
                written.readings().stream()
                    .map(reading -> reading.patient())
                    .collect(Collectors.toSet()));
        return erased.isEmpty()
            ? event
            : new ResourcesWritten(
                written.changes(),
                written.readings().stream()
                    .filter(reading -> !erased.contains(reading.patient()))
                    .toList());
      }
      return event;
    }
  }

  private static byte[] unsealed(DataKey key, Sealed part, byte[] place) {
    byte[] bytes = Packing.unpack(key.open(part.sealed(), place));
    if (!MessageDigest.isEqual(key.digest(bytes, place), part.digest())) {
      throw new IllegalArgumentException("the text is not the one that was sealed");
    }
    return bytes;
  }

  private static byte[] place(
      int version, TenantId tenant, int shard, long sequence, String kind, int part, int parts) {
    return String.join(
            "\n",
            "vigil event " + version,
            tenant.value(),
            Integer.toString(shard),
            Long.toString(sequence),
            kind,
            part + "/" + parts)
        .getBytes(StandardCharsets.UTF_8);
  }
}
