package dev.vigil.telemetry.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.PatientId;
import dev.vigil.core.event.LegalHoldPlaced;
import dev.vigil.core.event.LegalHoldReleased;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.core.event.RetentionEvent;
import dev.vigil.core.event.RetentionPolicySet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Events about retention as JSON; each is one part, about nobody. */
final class RetentionJson {

  static final String POLICY_SET = "retention-policy-set";
  static final String HOLD_PLACED = "legal-hold-placed";
  static final String HOLD_RELEASED = "legal-hold-released";
  static final String EXPIRED = "observations-expired";

  private RetentionJson() {}

  /** Fills the node and gives the kind. */
  static String put(ObjectNode node, RetentionEvent event) {
    node.put("at", event.at().toString());
    if (event instanceof RetentionPolicySet set) {
      node.put("category", set.category());
      set.keepDays().ifPresent(days -> node.put("keepDays", days));
      return POLICY_SET;
    }
    if (event instanceof LegalHoldPlaced placed) {
      node.put("patient", placed.patient().value());
      node.put("matter", placed.matter());
      return HOLD_PLACED;
    }
    if (event instanceof LegalHoldReleased released) {
      node.put("patient", released.patient().value());
      return HOLD_RELEASED;
    }
    ObservationsExpired expired = (ObservationsExpired) event;
    node.put("week", expired.week().toString());
    node.put("count", expired.count());
    ArrayNode keys = node.putArray("keys");
    expired.keys().forEach(keys::add);
    return EXPIRED;
  }

  /** The event; empty if the kind is none of these. */
  static Optional<RetentionEvent> read(String kind, JsonNode node) {
    return Optional.ofNullable(
        switch (kind) {
          case POLICY_SET ->
              new RetentionPolicySet(
                  EventJson.text(node, "category"),
                  node.has("keepDays")
                      ? OptionalInt.of(node.get("keepDays").intValue())
                      : OptionalInt.empty(),
                  EventJson.instant(node, "at"));
          case HOLD_PLACED ->
              new LegalHoldPlaced(
                  new PatientId(EventJson.text(node, "patient")),
                  EventJson.text(node, "matter"),
                  EventJson.instant(node, "at"));
          case HOLD_RELEASED ->
              new LegalHoldReleased(
                  new PatientId(EventJson.text(node, "patient")), EventJson.instant(node, "at"));
          case EXPIRED ->
              new ObservationsExpired(
                  EventJson.instant(node, "week"),
                  keys(node),
                  EventJson.required(node, "count").longValue(),
                  EventJson.instant(node, "at"));
          default -> null;
        });
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    EventJson.required(node, "keys").forEach(key -> keys.add(key.textValue()));
    return keys;
  }
}
