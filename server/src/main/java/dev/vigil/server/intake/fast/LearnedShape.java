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
 * @param effective which leaf of the client says when it was measured; -1 for none
 * @param issued which leaf says when it was issued; -1 for none
 * @param patient which leaf is the id of its subject; -1 for none
 * @param device which leaf is the id of its device; -1 for none
 * @param deviceType {@code Device} or {@code DeviceMetric}; null without device
 * @param identifiers what it can be found by
 * @param readings what it gives
 */
record LearnedShape(
    int[] forms,
    String template,
    List<StoredLeaf> stored,
    int effective,
    int issued,
    int patient,
    int device,
    String deviceType,
    List<KnownIdentifier> identifiers,
    List<KnownReading> readings) {

  /** In {@link StoredLeaf#source}: the id of the request. */
  static final int REQUEST_ID = -1;

  /**
   * A leaf of what is stored.
   *
   * @param source which leaf of the client it is
   */
  record StoredLeaf(Leaf.Kind kind, String property, int source) {}

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
      String raw = leaf.source() == REQUEST_ID ? requestId : sent.get(leaf.source());
      leaves.add(new Leaf(leaf.kind(), leaf.property(), raw));
    }
    return leaves;
  }
}
