package dev.vigil.ig;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The package's resources as trees, to look for codes and canonical URLs in. */
final class PackageContent {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PackageContent() {}

  static Stream<MonitoringPackage.Entry> all() {
    return Stream.concat(
        MonitoringPackage.conformance().stream(), MonitoringPackage.examples().stream());
  }

  static ObjectNode tree(MonitoringPackage.Entry entry) {
    try {
      return (ObjectNode) JSON.readTree(entry.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(entry.path(), e);
    }
  }

  /** All codes of a code system, from codings, quantities and value sets. */
  static Set<String> codes(String system) {
    Set<String> codes = new TreeSet<>();
    all()
        .forEach(
            entry ->
                objects(
                    tree(entry),
                    node -> {
                      if (node.path("system").asText().equals(system)) {
                        codes.addAll(List.copyOf(node.findValuesAsText("code")));
                      }
                    }));
    return codes;
  }

  /** All strings of a resource, with the name of the field that holds each. */
  static void strings(String field, JsonNode node, Strings seen) {
    if (node.isTextual()) {
      seen.string(field, node.asText());
    } else if (node.isArray()) {
      node.forEach(child -> strings(field, child, seen));
    } else {
      node.properties().forEach(child -> strings(child.getKey(), child.getValue(), seen));
    }
  }

  interface Strings {
    void string(String field, String value);
  }

  private static void objects(JsonNode node, Consumer<JsonNode> seen) {
    if (node.isObject()) {
      seen.accept(node);
    }
    node.forEach(child -> objects(child, seen));
  }
}
