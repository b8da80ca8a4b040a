package dev.vigil.telemetry.log;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.core.event.ResourcesWritten;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@link ResourcesWritten} as versions 1 and 2 had it: JSON in parts, without contents. Read, and
 * written no more.
 */
final class WrittenJson {

  private WrittenJson() {}

  /**
   * What the parts tell together.
   *
   * @param parts an erased one is empty
   */
  static ResourcesWritten join(List<Optional<JsonNode>> parts) {
    return new ResourcesWritten(
        join(parts, "changes", "changeOrder", EventJson::change),
        join(parts, "readings", "readingOrder", EventJson::reading));
  }

  private static <T> List<T> join(
      List<Optional<JsonNode>> parts, String name, String order, Function<JsonNode, T> element) {
    List<Optional<List<T>>> lists =
        parts.stream().map(part -> part.map(node -> EventJson.list(node, name, element))).toList();
    JsonNode runs = parts.get(0).map(node -> node.get(order)).orElse(null);
    List<T> joined = new ArrayList<>();
    if (runs == null) {
      lists.forEach(list -> list.ifPresent(joined::addAll));
      return joined;
    }
    List<Iterator<T>> rest =
        lists.stream().map(list -> list.map(List::iterator).orElse(null)).toList();
    for (int i = 0; i + 1 < runs.size(); i += 2) {
      Iterator<T> part = rest.get(runs.get(i).intValue());
      for (int n = runs.get(i + 1).intValue(); n > 0 && part != null; n--) {
        joined.add(part.next());
      }
    }
    if (rest.stream().anyMatch(part -> part != null && part.hasNext())) {
      throw new IllegalArgumentException(order + " leaves elements out");
    }
    return joined;
  }
}
