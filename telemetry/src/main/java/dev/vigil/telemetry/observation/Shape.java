package dev.vigil.telemetry.observation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What many Observations of a tenant have in common.
 *
 * @param id its number in the tenant
 * @param template their JSON with holes
 * @param index what searches find in all of them
 */
record Shape(int id, String template, ShapeIndex index) {

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
        : identifierHash(leaves.get(index.identifierLeaf()).text());
  }

  /** What stands in a row for the value of an identifier: 64 bits of its SHA-256. */
  static long identifierHash(String value) {
    return ByteBuffer.wrap(sha256(value)).getLong();
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
