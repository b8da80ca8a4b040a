package dev.vigil.telemetry.observation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What many Observations of a tenant have in common.
 *
 * @param id its number, unique among all tenants
 * @param template their JSON with holes
 * @param index what searches find in all of them
 * @param subjectLeaf the leaf that is the id of the Patient they are about
 * @param deviceLeaf the leaf that is the id of the Device or DeviceMetric they come from
 */
record Shape(int id, String template, ShapeIndex index, int subjectLeaf, int deviceLeaf) {

  /** No leaf. */
  static final int NONE = -1;

  static Shape of(int id, String template, ShapeIndex index) {
    int device = leaf(template, "\"device\":{\"reference\":\"Device/");
    return new Shape(
        id,
        template,
        index,
        leaf(template, "\"subject\":{\"reference\":\"Patient/"),
        device == NONE ? leaf(template, "\"device\":{\"reference\":\"DeviceMetric/") : device);
  }

  private static int leaf(String template, String before) {
    int hole = template.indexOf(before + Split.HOLE);
    return hole < 0
        ? NONE
        : (int) template.chars().limit(hole).filter(letter -> letter == Split.HOLE).count();
  }

  /** The leaf of the number that rows keep as their value. */
  int valueLeaf() {
    return index.slots().isEmpty() ? NONE : index.slots().get(0);
  }

  /** The leaf of the identifier whose hash rows keep. */
  int identifierLeaf() {
    return index.identifierLeaf() == null ? NONE : index.identifierLeaf();
  }

  /** The numbers that the row keeps, in the order of the slots. */
  double[] numbers(List<Leaf> leaves) {
    return index.slots().stream()
        .mapToDouble(leaf -> Double.parseDouble(leaves.get(leaf).raw()))
        .toArray();
  }

  /** The hash of the identifier that the row keeps; null if it keeps none. */
  Long identifier(List<Leaf> leaves) {
    return index.identifierLeaf() == null
        ? null
        : IdentifierHash.of(leaves.get(index.identifierLeaf()).text());
  }

  static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
