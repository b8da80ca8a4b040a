package dev.vigil.server.intake.fast;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds what was learned of an Observation by its text. The texts between leaves form a tree, so
 * that what many shapes begin with is compared once. Grows by copying: readers need no lock.
 */
final class KnownTexts {

  /** Beyond that all is forgotten, and what is in use is learned again. */
  static final int MOST = 5_000;

  /**
   * An Observation that was looked at before.
   *
   * @param shape null if nothing can be learned of it
   */
  record Match(LearnedShape shape, List<String> leaves) {}

  /**
   * @param literal the text before a leaf, or to the end
   * @param kind of the leaf behind it; null at the end
   * @param shape at the end, where it may be null as well
   */
  private record Node(byte[] literal, LeafKind kind, Node[] children, LearnedShape shape) {}

  private static final Node[] NONE = {};

  private volatile Node[] roots = NONE;
  private int size;

  /**
   * Keeps what was learned of a text; what was learned of it before is replaced.
   *
   * @param shape null if nothing can be learned of it
   */
  synchronized void add(Cut cut, LearnedShape shape) {
    if (size == MOST) {
      size = 0;
      roots = NONE;
    }
    size++;
    roots = with(roots, cut, 0, shape);
  }

  private static Node[] with(Node[] siblings, Cut cut, int depth, LearnedShape shape) {
    byte[] literal = cut.literals().get(depth).getBytes(StandardCharsets.UTF_8);
    boolean last = depth == cut.kinds().size();
    LeafKind kind = last ? null : cut.kinds().get(depth);
    for (int i = 0; i < siblings.length; i++) {
      Node node = siblings[i];
      if (node.kind() == kind && Arrays.equals(node.literal(), literal)) {
        Node[] changed = siblings.clone();
        changed[i] = node(literal, kind, node.children(), cut, depth, shape);
        return changed;
      }
    }
    Node[] longer = Arrays.copyOf(siblings, siblings.length + 1);
    longer[siblings.length] = node(literal, kind, NONE, cut, depth, shape);
    return longer;
  }

  private static Node node(
      byte[] literal, LeafKind kind, Node[] children, Cut cut, int depth, LearnedShape shape) {
    return kind == null
        ? new Node(literal, null, NONE, shape)
        : new Node(literal, kind, with(children, cut, depth + 1, shape), null);
  }

  /** What was learned of a text; null if it is unknown. */
  Match find(byte[] body, int from, int to) {
    int[] ends = new int[64];
    return find(roots, body, from, to, ends, 0);
  }

  private static Match find(Node[] nodes, byte[] body, int from, int to, int[] ends, int depth) {
    if (2 * depth + 1 >= ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    for (Node node : nodes) {
      int end = from + node.literal().length;
      if (end > to
          || Arrays.mismatch(body, from, end, node.literal(), 0, node.literal().length) >= 0) {
        continue;
      }
      if (node.kind() == null) {
        if (end == to) {
          return new Match(node.shape(), leaves(body, ends, depth));
        }
        continue;
      }
      int leafEnd = node.kind().end(body, end);
      if (leafEnd < 0 || leafEnd >= to) {
        continue;
      }
      ends[2 * depth] = end;
      ends[2 * depth + 1] = leafEnd;
      Match found = find(node.children(), body, leafEnd, to, ends, depth + 1);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static List<String> leaves(byte[] body, int[] ends, int count) {
    List<String> leaves = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      leaves.add(
          new String(body, ends[2 * i], ends[2 * i + 1] - ends[2 * i], StandardCharsets.UTF_8));
    }
    return leaves;
  }
}
