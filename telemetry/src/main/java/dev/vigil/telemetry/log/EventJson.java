package dev.vigil.telemetry.log;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.vigil.core.event.ResourceChange;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The JSON of what events are made of. It is written out by hand: what is in the log stays readable
 * whatever becomes of the Java types. Decimals are text, so their scale survives.
 */
final class EventJson {

  private EventJson() {}

  static ResourceChange change(JsonNode node) {
    return new ResourceChange(
        text(node, "type"),
        text(node, "id"),
        required(node, "version").longValue(),
        ResourceChange.Action.valueOf(text(node, "action")));
  }

  static void putReading(ObjectNode node, Reading reading) {
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

  static Reading reading(JsonNode node) {
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

  static void putAlert(ObjectNode node, Alert alert) {
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

  static Alert alert(JsonNode step) {
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
        list(node, "evidence", EventJson::reading));
  }

  static void putActor(ObjectNode node, Actor actor) {
    node.put("reference", actor.reference());
    node.put("name", actor.name());
  }

  static Actor actor(JsonNode step) {
    JsonNode node = required(step, "actor");
    return new Actor(text(node, "reference"), text(node, "name"));
  }

  static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> element) {
    List<T> elements = new ArrayList<>();
    required(node, name).forEach(item -> elements.add(element.apply(item)));
    return elements;
  }

  static Instant instant(JsonNode node, String name) {
    return Instant.parse(text(node, name));
  }

  static String text(JsonNode node, String name) {
    JsonNode value = required(node, name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " is not text");
    }
    return value.textValue();
  }

  static JsonNode required(JsonNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }
}
