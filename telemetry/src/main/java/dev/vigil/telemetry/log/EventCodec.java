package dev.vigil.telemetry.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.AlertId;
import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.Alert;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The stored form of events. It is written out by hand: what is in the log stays readable whatever
 * becomes of the Java types. Decimals are text, so their scale survives; the JSON is pure ASCII.
 */
final class EventCodec {

  /** An event in its stored form. */
  record Encoded(String kind, int version, String payload) {}

  private static final String RESOURCES_WRITTEN = "resources-written";
  private static final String ALERT_RAISED = "alert-raised";
  private static final String ALERT_ACKNOWLEDGED = "alert-acknowledged";
  private static final String ALERT_CLEARED = "alert-cleared";
  private static final String ALERT_RESOLVED = "alert-resolved";
  private static final int VERSION = 1;

  private final JsonMapper json =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  Encoded encode(Event event) {
    ObjectNode node = json.createObjectNode();
    String kind;
    if (event instanceof ResourcesWritten written) {
      kind = RESOURCES_WRITTEN;
      ArrayNode changes = node.putArray("changes");
      written.changes().forEach(change -> putChange(changes.addObject(), change));
      ArrayNode readings = node.putArray("readings");
      written.readings().forEach(reading -> putReading(readings.addObject(), reading));
    } else if (event instanceof AlertEvent step) {
      putAlert(node.putObject("alert"), step.alert());
      node.put("at", step.at().toString());
      kind = putStep(node, step);
    } else {
      throw new IllegalArgumentException("no stored form of " + event.getClass().getName());
    }
    try {
      return new Encoded(kind, VERSION, json.writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no stored form of " + event.getClass().getName(), e);
    }
  }

  /**
   * The event of a stored form.
   *
   * @throws IllegalArgumentException if kind or version is unknown or something is missing
   */
  Event decode(String kind, int version, String payload) {
    if (version != VERSION) {
      throw new IllegalArgumentException("unknown version " + version + " of " + kind);
    }
    JsonNode node;
    try {
      node = json.readTree(payload);
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new IllegalArgumentException("payload is not JSON", e);
    }
    return switch (kind) {
      case RESOURCES_WRITTEN ->
          new ResourcesWritten(
              list(node, "changes", EventCodec::change),
              list(node, "readings", EventCodec::reading));
      case ALERT_RAISED -> new AlertRaised(alert(node), instant(node, "at"));
      case ALERT_ACKNOWLEDGED ->
          new AlertAcknowledged(
              alert(node), actor(node), text(node, "reason"), instant(node, "at"));
      case ALERT_CLEARED ->
          new AlertCleared(alert(node), instant(node, "clearedAt"), instant(node, "at"));
      case ALERT_RESOLVED ->
          new AlertResolved(alert(node), actor(node), text(node, "reason"), instant(node, "at"));
      default -> throw new IllegalArgumentException("unknown kind " + kind);
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
      putActor(node.putObject("actor"), acknowledged.actor());
      node.put("reason", acknowledged.reason());
      return ALERT_ACKNOWLEDGED;
    }
    if (step instanceof AlertResolved resolved) {
      putActor(node.putObject("actor"), resolved.actor());
      node.put("reason", resolved.reason());
      return ALERT_RESOLVED;
    }
    throw new IllegalArgumentException("no stored form of " + step.getClass().getName());
  }

  private static void putChange(ObjectNode node, ResourceChange change) {
    node.put("type", change.type());
    node.put("id", change.id());
    node.put("version", change.version());
    node.put("action", change.action().name());
  }

  private static ResourceChange change(JsonNode node) {
    return new ResourceChange(
        text(node, "type"),
        text(node, "id"),
        required(node, "version").longValue(),
        ResourceChange.Action.valueOf(text(node, "action")));
  }

  private static void putReading(ObjectNode node, Reading reading) {
    node.put("observation", reading.observation().value());
    node.put("device", reading.device().value());
    node.put("patient", reading.patient().value());
    node.put("metric", reading.metric().id());
    if (reading.value() instanceof Quantity quantity) {
      node.put("value", quantity.value().toString());
      node.put("unit", quantity.unit());
    } else if (reading.value() instanceof Code code) {
      node.put("system", code.system());
      node.put("code", code.code());
    }
    node.put("measuredAt", reading.measuredAt().toString());
    node.put("receivedAt", reading.receivedAt().toString());
    if (!reading.quality().isEmpty()) {
      ArrayNode quality = node.putArray("quality");
      EnumSet.copyOf(reading.quality()).forEach(flag -> quality.add(flag.name()));
    }
  }

  private static Reading reading(JsonNode node) {
    ReadingValue value =
        node.has("unit")
            ? new Quantity(new BigDecimal(text(node, "value")), text(node, "unit"))
            : new Code(text(node, "system"), text(node, "code"));
    Set<SignalQuality> quality = EnumSet.noneOf(SignalQuality.class);
    node.path("quality").forEach(flag -> quality.add(SignalQuality.valueOf(flag.textValue())));
    return new Reading(
        new ObservationId(text(node, "observation")),
        new DeviceId(text(node, "device")),
        new PatientId(text(node, "patient")),
        new Metric(text(node, "metric")),
        value,
        instant(node, "measuredAt"),
        instant(node, "receivedAt"),
        quality);
  }

  private static void putAlert(ObjectNode node, Alert alert) {
    node.put("id", alert.id().value());
    node.put("rule", alert.rule());
    node.put("ruleVersion", alert.ruleVersion());
    node.put("tier", alert.tier().name());
    node.put("family", alert.family());
    node.put("title", alert.title());
    node.put("onset", alert.onset().toString());
    node.put("raisedAt", alert.raisedAt().toString());
    ArrayNode evidence = node.putArray("evidence");
    alert.evidence().forEach(reading -> putReading(evidence.addObject(), reading));
  }

  private static Alert alert(JsonNode step) {
    JsonNode node = required(step, "alert");
    return new Alert(
        new AlertId(text(node, "id")),
        text(node, "rule"),
        text(node, "ruleVersion"),
        Tier.valueOf(text(node, "tier")),
        text(node, "family"),
        text(node, "title"),
        instant(node, "onset"),
        instant(node, "raisedAt"),
        list(node, "evidence", EventCodec::reading));
  }

  private static void putActor(ObjectNode node, Actor actor) {
    node.put("reference", actor.reference());
    node.put("name", actor.name());
  }

  private static Actor actor(JsonNode step) {
    JsonNode node = required(step, "actor");
    return new Actor(text(node, "reference"), text(node, "name"));
  }

  private static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> element) {
    List<T> elements = new ArrayList<>();
    required(node, name).forEach(item -> elements.add(element.apply(item)));
    return elements;
  }

  private static Instant instant(JsonNode node, String name) {
    return Instant.parse(text(node, name));
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = required(node, name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " is not text");
    }
    return value.textValue();
  }

  private static JsonNode required(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }
}
