package dev.vigil.hl7.pcd01;

import dev.vigil.hl7.er7.Er7Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The OBX of one OBR as the tree that their OBX-4 spells: {@code MDS.VMD.CHAN.METRIC[.FACET]}.
 * Trailing zeros name a row about the device, so {@code 1.2.0.0} and {@code 1.2} are the same
 * place; rows of depth 1 and 3 occur and are taken.
 */
final class ContainmentTree {

  private static final int METRIC_DEPTH = 4;

  private final Er7Segment order;
  private final List<Er7Segment> rows = new ArrayList<>();
  private final Map<List<String>, Er7Segment> byPath = new HashMap<>();
  private final Set<List<String>> parents = new HashSet<>();

  ContainmentTree(Er7Segment order) {
    this.order = order;
  }

  void add(Er7Segment obx) {
    List<String> path = path(obx);
    rows.add(obx);
    byPath.putIfAbsent(path, obx);
    parents.addAll(above(path));
  }

  /** OBR. */
  Er7Segment order() {
    return order;
  }

  /** In the order of the message. */
  List<Er7Segment> rows() {
    return rows;
  }

  /**
   * Whether a row tells a measurement: it has a value, or is a metric without one. The others only
   * hold together what is below them.
   */
  boolean measures(Er7Segment obx) {
    List<String> path = path(obx);
    return !obx.blank(5)
        || ((path.isEmpty() || path.size() >= METRIC_DEPTH) && !parents.contains(path));
  }

  /** The first that is found in a row or above it, nearest first. */
  <T> Optional<T> inherited(Er7Segment obx, Function<Er7Segment, Optional<T>> what) {
    Optional<T> own = what.apply(obx);
    if (own.isPresent()) {
      return own;
    }
    for (List<String> path : above(path(obx))) {
      Optional<T> found = Optional.ofNullable(byPath.get(path)).flatMap(what);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** The row about the whole device that a row belongs to. */
  Optional<Er7Segment> device(Er7Segment obx) {
    List<String> path = path(obx);
    return path.isEmpty() ? Optional.empty() : Optional.ofNullable(byPath.get(path.subList(0, 1)));
  }

  /** The place just above a row; rows of one channel share it. */
  List<String> channel(Er7Segment obx) {
    List<String> path = path(obx);
    return path.isEmpty() ? path : path.subList(0, path.size() - 1);
  }

  private static List<String> path(Er7Segment obx) {
    String id = obx.field(4);
    return id.isEmpty() ? List.of() : trimmed(Arrays.asList(id.split("\\.")));
  }

  private static List<List<String>> above(List<String> path) {
    List<List<String>> above = new ArrayList<>();
    for (int length = path.size() - 1; length > 0; length--) {
      List<String> prefix = trimmed(path.subList(0, length));
      if (!above.contains(prefix)) {
        above.add(prefix);
      }
    }
    return above;
  }

  private static List<String> trimmed(List<String> path) {
    int length = path.size();
    while (length > 1 && path.get(length - 1).matches("0*")) {
      length--;
    }
    return List.copyOf(path.subList(0, length));
  }
}
