package dev.vigil.subscriptions.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Evidence as JSON text. Numbers are kept as text, so that their scale survives. */
final class EvidenceCodec {

  private static final ObjectMapper JSON = new ObjectMapper();

  private EvidenceCodec() {}

  static String write(List<Reading> evidence) {
    ArrayNode array = JSON.createArrayNode();
    for (Reading reading : evidence) {
      ObjectNode node = array.addObject();
      node.put("observation", reading.observation().value());
      node.put("device", reading.device().value());
      node.put("metric", reading.metric().id());
      if (reading.value() instanceof Quantity quantity) {
        node.put("value", quantity.value().toString()).put("unit", quantity.unit());
      } else if (reading.value() instanceof Code code) {
        node.put("system", code.system()).put("code", code.code());
      }
      node.put("measuredAt", reading.measuredAt().toString());
      node.put("receivedAt", reading.receivedAt().toString());
      if (!reading.quality().isEmpty()) {
        ArrayNode quality = node.putArray("quality");
        reading.quality().stream().sorted().forEach(flag -> quality.add(flag.name()));
      }
    }
    return array.toString();
  }

  static List<Reading> read(PatientId patient, String text) {
    try {
      List<Reading> evidence = new ArrayList<>();
      for (JsonNode node : JSON.readTree(text)) {
        evidence.add(
            new Reading(
                new ObservationId(node.get("observation").asText()),
                new DeviceId(node.get("device").asText()),
                patient,
                new Metric(node.get("metric").asText()),
                node.has("unit")
                    ? new Quantity(
                        new BigDecimal(node.get("value").asText()), node.get("unit").asText())
                    : new Code(node.get("system").asText(), node.get("code").asText()),
                Instant.parse(node.get("measuredAt").asText()),
                Instant.parse(node.get("receivedAt").asText()),
                quality(node)));
      }
      return evidence;
    } catch (JsonProcessingException e) {
      // Without the cause: it would quote the evidence.
      throw new IllegalStateException("the evidence of an alert cannot be read");
    }
  }

  private static Set<SignalQuality> quality(JsonNode node) {
    Set<SignalQuality> flags = EnumSet.noneOf(SignalQuality.class);
    node.path("quality").forEach(flag -> flags.add(SignalQuality.valueOf(flag.asText())));
    return flags;
  }
}
