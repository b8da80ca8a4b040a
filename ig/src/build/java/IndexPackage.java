import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes {@code .index.json} (FHIR package index, version 2) into each folder it is given. Runs in
 * the build, as a source file. The files are listed so that each comes after those whose canonical
 * URL it names: the order in which a server can load them.
 */
public final class IndexPackage {

  private static final List<String> FIRST =
      List.of(
          "CodeSystem",
          "ValueSet",
          "StructureDefinition",
          "Patient",
          "Device",
          "DeviceMetric",
          "Observation");
  private static final List<String> FIELDS = List.of("id", "url", "version", "kind", "type");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, JsonNode> resources = new TreeMap<>();
  private final Map<String, String> fileByUrl = new TreeMap<>();
  private final Set<String> ordered = new LinkedHashSet<>();

  public static void main(String[] folders) throws IOException {
    for (String folder : folders) {
      new IndexPackage().index(Path.of(folder));
    }
  }

  private void index(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().contains("-")).toList()) {
        JsonNode resource = JSON.readTree(file.toFile());
        String name = file.getFileName().toString();
        resources.put(name, resource);
        if (resource.path("url").isTextual()) {
          fileByUrl.put(resource.get("url").asText(), name);
        }
      }
    }
    for (String type : FIRST) {
      resources.keySet().stream().filter(n -> n.startsWith(type + "-")).forEach(this::add);
    }
    resources.keySet().forEach(this::add);
    write(folder.resolve(".index.json"));
  }

  private void add(String name) {
    visit(name, new LinkedHashSet<>());
  }

  private void visit(String name, Set<String> path) {
    if (ordered.contains(name) || !path.add(name)) {
      return;
    }
    JsonNode resource = resources.get(name);
    if (name.startsWith("CodeSystem-")) {
      // A code system may name the value set of all its codes, which is the later of the two.
      resource = ((ObjectNode) resource.deepCopy()).without("valueSet");
    }
    named(resource).forEach(needed -> visit(needed, path));
    ordered.add(name);
  }

  private Stream<String> named(JsonNode node) {
    if (node.isTextual()) {
      String canonical = node.asText().split("\\|", 2)[0];
      return fileByUrl.containsKey(canonical) ? Stream.of(fileByUrl.get(canonical)) : Stream.of();
    }
    Stream.Builder<Stream<String>> parts = Stream.builder();
    node.elements().forEachRemaining(child -> parts.add(named(child)));
    return parts.build().flatMap(part -> part);
  }

  private void write(Path target) throws IOException {
    ObjectNode index = JSON.createObjectNode().put("index-version", 2);
    ArrayNode files = index.putArray("files");
    for (String name : ordered) {
      JsonNode resource = resources.get(name);
      ObjectNode entry = files.addObject().put("filename", name);
      entry.put("resourceType", resource.path("resourceType").asText());
      for (String field : FIELDS) {
        if (resource.path(field).isTextual()) {
          entry.put(field, resource.get(field).asText());
        }
      }
    }
    Files.writeString(target, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(index) + "\n");
  }
}
