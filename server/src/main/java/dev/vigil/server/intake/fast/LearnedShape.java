package dev.vigil.server.intake.fast;

import dev.vigil.telemetry.intake.ReadingPattern;
import dev.vigil.telemetry.observation.Leaf;
import java.util.ArrayList;
import java.util.List;

/**
 * What is proven of all Observations that a client writes in one way: how they are stored and which
 * readings they give.
 *
 * @param forms for each leaf of the client the forms of a time that come out as they went in; 0 for
 *     leaves of other kinds
 * @param template the JSON that is stored, with holes
 * @param stored what fills the holes
 * @param effective which leaf of the client says when it was measured, the end of a period; -1 for
 *     none
 * @param start which leaf says when the period began; -1 for none
 * @param issued which leaf says when it was issued; -1 for none
 * @param patient which leaf is the id of its subject; -1 for none
 * @param device which leaf is the id of its device; -1 for none
 * @param deviceType {@code Device} or {@code DeviceMetric}; null without device
 * @param references what searches know that it refers to, subject and device among them
 * @param identifiers what it can be found by
 * @param deviceReading whether its device has to be its subject's
 * @param readings what it gives
 */
record LearnedShape(
    int[] forms,
    String template,
    List<StoredLeaf> stored,
    int effective,
    int start,
    int issued,
    int patient,
    int device,
    String deviceType,
    List<KnownReference> references,
    List<KnownIdentifier> identifiers,
    boolean deviceReading,
    List<KnownReading> readings) {

  /** In {@link StoredLeaf#sources}: the id of the request. */
  static final int REQUEST_ID = -1;

  /**
   * A leaf of what is stored.
   *
   * @param literals what is the same in all; one more than sources
   * @param sources which leaves of the client stand between
   */
  record StoredLeaf(Leaf.Kind kind, String property, List<String> literals, List<Integer> sources) {

    String raw(List<String> sent, String requestId) {
      if (sources.size() == 1 && literals.get(0).isEmpty() && literals.get(1).isEmpty()) {
        return raw(sources.get(0), sent, requestId);
      }
      StringBuilder raw = new StringBuilder(literals.get(0));
      for (int i = 0; i < sources.size(); i++) {
        raw.append(raw(sources.get(i), sent, requestId)).append(literals.get(i + 1));
      }
      return raw.toString();
    }

    private static String raw(int source, List<String> sent, String requestId) {
      return source == REQUEST_ID ? requestId : sent.get(source);
    }
  }

  /**
   * A reference.
   *
   * @param path FHIRPath of the element
   * @param type of what it refers to
   * @param id which leaf of the client is its id
   */
  record KnownReference(String path, String type, int id) {}

  /**
   * An identifier.
   *
   * @param value which leaf of the client is its value
   */
  record KnownIdentifier(String system, int value) {}

  /**
   * A reading.
   *
   * @param number which leaf of the client is its number; -1 for a code
   */
  record KnownReading(ReadingPattern pattern, int number) {}

  /** The leaves as they are stored. */
  List<Leaf> leaves(List<String> sent, String requestId) {
    List<Leaf> leaves = new ArrayList<>(stored.size());
    for (StoredLeaf leaf : stored) {
      leaves.add(new Leaf(leaf.kind(), leaf.property(), leaf.raw(sent, requestId)));
    }
    return leaves;
  }
}
