package dev.vigil.telemetry.observation;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What stands in a row for the value of an identifier: 64 bits. Of most values those are the first
 * of their SHA-256. Of a UUID, with or without {@code urn:uuid:}, they are its first half hidden
 * under a hash of the second, so that the hash and the second half give it back.
 */
final class IdentifierHash {

  static final String URN = "urn:uuid:";

  private static final int UUID_LENGTH = 36;

  private IdentifierHash() {}

  static long of(String value) {
    boolean urn = value.startsWith(URN);
    UUID uuid = uuid(urn ? value.substring(URN.length()) : value);
    return uuid == null
        ? ByteBuffer.wrap(Shape.sha256(value)).getLong()
        : uuid.getMostSignificantBits() ^ mask(urn, uuid.getLeastSignificantBits());
  }

  /** The UUID of which this is the hash. */
  static UUID uuid(long hash, boolean urn, long secondHalf) {
    return new UUID(hash ^ mask(urn, secondHalf), secondHalf);
  }

  /** Null for any text that is not written as a UUID is. */
  static UUID uuid(String text) {
    if (text.length() != UUID_LENGTH || text.charAt(8) != '-' || text.charAt(13) != '-') {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(text);
      return uuid.toString().equals(text) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null; // Has the length of one, but is not.
    }
  }

  private static long mask(boolean urn, long secondHalf) {
    byte[] bytes = ByteBuffer.allocate(9).put((byte) (urn ? 1 : 0)).putLong(secondHalf).array();
    return ByteBuffer.wrap(Shape.sha256(bytes)).getLong();
  }
}
