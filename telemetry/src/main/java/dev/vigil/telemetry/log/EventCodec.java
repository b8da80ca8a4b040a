package dev.vigil.telemetry.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.core.event.ContentErased;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.LegalHoldPlaced;
import dev.vigil.core.event.LegalHoldReleased;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.core.event.RetentionEvent;
import dev.vigil.core.event.RetentionPolicySet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The stored form of events: a kind, and parts, one for each person it is about and one for the
 * rest. What was written to resources is in columns, see {@link WrittenParts}; anything else is
 * JSON in pure ASCII, which carries any Java text. Version 1 was a single JSON, version 2 JSON in
 * parts throughout, version 3 did not tell what else is stored of a version; all are read, and
 * written no more.
 */
final class EventCodec {

  /** The version that is written. */
  static final int VERSION = 4;

  /** The first version in parts. */
  static final int FIRST_IN_PARTS = 2;

  /** The first version that tells when a version was written, and by which key it is stored. */
  static final int FIRST_WITH_STORED = 4;

  /**
   * A part of an event.
   *
   * @param person whom it is about; empty for the part about nobody, which comes first
   * @param bytes not copied
   */
  record Part(Optional<PatientId> person, byte[] bytes) {}

  /**
   * An event in its stored form.
   *
   * @param parts at least one
   */
  record Encoded(String kind, List<Part> parts) {}

  private static final String RESOURCES_WRITTEN = "resources-written";
  private static final String ALERT_RAISED = "alert-raised";
  private static final String ALERT_ACKNOWLEDGED = "alert-acknowledged";
  private static final String ALERT_CLEARED = "alert-cleared";
  private static final String ALERT_RESOLVED = "alert-resolved";
  private static final String PERSON_ERASED = "person-erased";

  private static final Map<Class<? extends Event>, String> KINDS =
      Map.of(
          ResourcesWritten.class, RESOURCES_WRITTEN,
          AlertRaised.class, ALERT_RAISED,
          AlertAcknowledged.class, ALERT_ACKNOWLEDGED,
          AlertCleared.class, ALERT_CLEARED,
          AlertResolved.class, ALERT_RESOLVED,
          PersonErased.class, PERSON_ERASED,
          RetentionPolicySet.class, RetentionJson.POLICY_SET,
          LegalHoldPlaced.class, RetentionJson.HOLD_PLACED,
          LegalHoldReleased.class, RetentionJson.HOLD_RELEASED,
          ObservationsExpired.class, RetentionJson.EXPIRED);

  private final JsonMapper json =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /**
   * The kind of the events of a class.
   *
   * @throws IllegalArgumentException if no event of it is ever stored
   */
  static String kind(Class<? extends Event> event) {
    String kind = KINDS.get(event);
    if (kind == null) {
      throw new IllegalArgumentException("no stored form of " + event.getName());
    }
    return kind;
  }

  /**
   * The stored form.
   *
   * @param keyless persons who can have no part any more
   * @throws ProblemException CONFLICT if the event tells more of one of them than that the Patient
   *     was changed
   */
  Encoded encode(Event event, Set<PatientId> keyless) {
    refuse(event, keyless);
    if (event instanceof ResourcesWritten written) {
      List<Part> parts = new ArrayList<>();
      WrittenParts.split(written, keyless)
          .forEach(split -> parts.add(new Part(split.person(), split.bytes())));
      return new Encoded(RESOURCES_WRITTEN, parts);
    }
    ObjectNode node = json.createObjectNode();
    if (event instanceof AlertEvent step) {
      EventJson.putAlert(node.putObject("alert"), step.alert());
      node.put("at", step.at().toString());
      String kind = putStep(node, step);
      PatientId person = step.alert().trigger().patient();
      return new Encoded(kind, List.of(new Part(Optional.of(person), bytes(node))));
    }
    if (event instanceof PersonErased erased) {
      node.put("patient", erased.patient().value());
      node.put("at", erased.at().toString());
      return new Encoded(PERSON_ERASED, List.of(new Part(Optional.empty(), bytes(node))));
    }
    if (event instanceof RetentionEvent retention) {
      String kind = RetentionJson.put(node, retention);
      return new Encoded(kind, List.of(new Part(Optional.empty(), bytes(node))));
    }
    throw new IllegalArgumentException("no stored form of " + event.getClass().getName());
  }

  /**
   * The event of a stored form in parts.
   *
   * @param version the one it was written as
   * @param parts in their order; an erased one is empty
   * @throws IllegalArgumentException if the kind is unknown or something is missing
   */
  Event decode(String kind, int version, List<Optional<byte[]>> parts) {
    if (kind.equals(RESOURCES_WRITTEN)) {
      return version == FIRST_IN_PARTS
          ? WrittenJson.join(parts.stream().map(part -> part.map(this::node)).toList())
          : WrittenParts.join(version, parts);
    }
    if (parts.size() != 1) {
      throw new IllegalArgumentException(kind + " has " + parts.size() + " parts");
    }
    return parts.get(0).map(part -> whole(kind, node(part))).orElseGet(ContentErased::new);
  }

  /**
   * The event of a payload of version 1.
   *
   * @throws IllegalArgumentException if the kind is unknown or something is missing
   */
  Event decodeFirstVersion(String kind, byte[] payload) {
    JsonNode node = node(payload);
    return kind.equals(RESOURCES_WRITTEN)
        ? WrittenJson.join(List.of(Optional.of(node)))
        : whole(kind, node);
  }

  private static Event whole(String kind, JsonNode node) {
    return switch (kind) {
      case ALERT_RAISED -> new AlertRaised(EventJson.alert(node), EventJson.instant(node, "at"));
      case ALERT_ACKNOWLEDGED ->
          new AlertAcknowledged(
              EventJson.alert(node),
              EventJson.actor(node),
              EventJson.text(node, "reason"),
              EventJson.instant(node, "at"));
      case ALERT_CLEARED ->
          new AlertCleared(
              EventJson.alert(node),
              EventJson.instant(node, "clearedAt"),
              EventJson.instant(node, "at"));
      case ALERT_RESOLVED ->
          new AlertResolved(
              EventJson.alert(node),
              EventJson.actor(node),
              EventJson.text(node, "reason"),
              EventJson.instant(node, "at"));
      case PERSON_ERASED ->
          new PersonErased(
              new PatientId(EventJson.text(node, "patient")), EventJson.instant(node, "at"));
      default ->
          RetentionJson.read(kind, node)
              .orElseThrow(() -> new IllegalArgumentException("unknown kind " + kind));
    };
  }

  private static String putStep(ObjectNode node, AlertEvent step) {
    if (step instanceof AlertRaised) {
      return ALERT_RAISED;
    }
    if (step instanceof AlertCleared cleared) {
      node.put("clearedAt", cleared.clearedAt().toString());
      return ALERT_CLEARED;
    }
    if (step instanceof AlertAcknowledged acknowledged) {
      EventJson.putActor(node.putObject("actor"), acknowledged.actor());
      node.put("reason", acknowledged.reason());
      return ALERT_ACKNOWLEDGED;
    }
    if (step instanceof AlertResolved resolved) {
      EventJson.putActor(node.putObject("actor"), resolved.actor());
      node.put("reason", resolved.reason());
      return ALERT_RESOLVED;
    }
    throw new IllegalArgumentException("no stored form of " + step.getClass().getName());
  }

  private static void refuse(Event event, Set<PatientId> keyless) {
    List<Reading> about =
        event instanceof ResourcesWritten written
            ? written.readings()
            : event instanceof AlertEvent step ? step.alert().evidence() : List.of();
    if (!keyless.isEmpty()
        && about.stream().anyMatch(reading -> keyless.contains(reading.patient()))) {
      throw new ProblemException(
          Problem.conflict("Observation.subject", "this person's data has been erased"));
    }
  }

  private byte[] bytes(ObjectNode node) {
    try {
      return json.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no stored form of the event", e);
    }
  }

  private JsonNode node(byte[] payload) {
    try {
      return json.readTree(payload);
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new IllegalArgumentException("payload is not JSON", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("payload cannot be read", e);
    }
  }
}
