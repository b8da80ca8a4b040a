package dev.vigil.telemetry.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * {@link ResourcesWritten} in parts, and put together again. A person's part has their readings,
 * the changes of the Observations these come from, and changes of the Patient; the rest is in the
 * part about nobody, which is left out when it would be empty. Where the elements of one part after
 * the other are not in the order of the message, that part also has the order: pairs of a part's
 * number and how many of its elements come next.
 */
final class WrittenParts {

  /** JSON about a person, or about nobody. */
  record Split(Optional<PatientId> person, ObjectNode json) {}

  private static final String CHANGES = "changes";
  private static final String READINGS = "readings";
  private static final String CHANGE_ORDER = "changeOrder";
  private static final String READING_ORDER = "readingOrder";

  private static final class Draft {

    private final List<ResourceChange> changes = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private int number;
  }

  private WrittenParts() {}

  /**
   * In parts.
   *
   * @param keyless persons who can have no part any more: a change of such a Patient goes to the
   *     part about nobody. None of them may have a reading
   */
  static List<Split> split(ResourcesWritten written, Set<PatientId> keyless) {
    Map<String, PatientId> owners = new HashMap<>();
    written
        .readings()
        .forEach(reading -> owners.put(reading.observation().value(), reading.patient()));
    Map<Optional<PatientId>, Draft> drafts = new LinkedHashMap<>();
    Draft nobody = new Draft();
    drafts.put(Optional.empty(), nobody);
    List<Draft> changeOrder = new ArrayList<>(written.changes().size());
    for (ResourceChange change : written.changes()) {
      Draft draft = drafts.computeIfAbsent(owner(change, owners, keyless), unseen -> new Draft());
      draft.changes.add(change);
      changeOrder.add(draft);
    }
    List<Draft> readingOrder = new ArrayList<>(written.readings().size());
    for (Reading reading : written.readings()) {
      Draft draft = drafts.computeIfAbsent(Optional.of(reading.patient()), unseen -> new Draft());
      draft.readings.add(reading);
      readingOrder.add(draft);
    }
    boolean empty = nobody.changes.isEmpty() && drafts.size() > 1;
    if (empty && inOrder(drafts, changeOrder) && inOrder(drafts, readingOrder)) {
      drafts.remove(Optional.<PatientId>empty());
    }
    int number = 0;
    for (Draft draft : drafts.values()) {
      draft.number = number++;
    }
    List<Split> parts = new ArrayList<>(drafts.size());
    drafts.forEach((person, draft) -> parts.add(new Split(person, json(draft))));
    if (drafts.containsKey(Optional.<PatientId>empty())) {
      putOrder(parts.get(0).json(), CHANGE_ORDER, drafts, changeOrder);
      putOrder(parts.get(0).json(), READING_ORDER, drafts, readingOrder);
    }
    return parts;
  }

  private static Optional<PatientId> owner(
      ResourceChange change, Map<String, PatientId> owners, Set<PatientId> keyless) {
    return switch (change.type()) {
      case "Observation" -> Optional.ofNullable(owners.get(change.id()));
      case "Patient" ->
          Optional.of(new PatientId(change.id())).filter(person -> !keyless.contains(person));
      default -> Optional.empty();
    };
  }

  /** Whether the elements come part by part, in the order of the parts. */
  private static boolean inOrder(Map<Optional<PatientId>, Draft> drafts, List<Draft> order) {
    Iterator<Draft> parts = drafts.values().iterator();
    Draft current = parts.next();
    for (Draft next : order) {
      while (current != next) {
        if (!parts.hasNext()) {
          return false;
        }
        current = parts.next();
      }
    }
    return true;
  }

  private static void putOrder(
      ObjectNode node, String name, Map<Optional<PatientId>, Draft> drafts, List<Draft> order) {
    if (inOrder(drafts, order)) {
      return;
    }
    ArrayNode runs = node.putArray(name);
    int from = 0;
    while (from < order.size()) {
      int to = from;
      while (to < order.size() && order.get(to) == order.get(from)) {
        to++;
      }
      runs.add(order.get(from).number).add(to - from);
      from = to;
    }
  }

  private static ObjectNode json(Draft draft) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    putAll(node.putArray(CHANGES), draft.changes, EventJson::putChange);
    putAll(node.putArray(READINGS), draft.readings, EventJson::putReading);
    return node;
  }

  private static <T> void putAll(ArrayNode array, List<T> elements, BiConsumer<ObjectNode, T> put) {
    elements.forEach(element -> put.accept(array.addObject(), element));
  }

  /**
   * What the parts tell together.
   *
   * @param parts an erased one is empty
   */
  static ResourcesWritten join(List<Optional<JsonNode>> parts) {
    return new ResourcesWritten(
        join(parts, CHANGES, CHANGE_ORDER, EventJson::change),
        join(parts, READINGS, READING_ORDER, EventJson::reading));
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
