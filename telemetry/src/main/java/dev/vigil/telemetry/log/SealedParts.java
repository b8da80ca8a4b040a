package dev.vigil.telemetry.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The bytes of a payload of versions 2 and 3, big-endian: the number of parts (2 bytes), then for
 * each the id of its key (16 bytes), the keyed digest of its text (32 bytes), the length of what
 * follows (4 bytes), and nonce, ciphertext and tag.
 */
final class SealedParts {

  /**
   * A part that only its key opens.
   *
   * @param key id of the key
   * @param digest HMAC-SHA-256 of the part's bytes under that key
   * @param sealed nonce, ciphertext and tag
   */
  record Sealed(UUID key, byte[] digest, byte[] sealed) {}

  private static final int DIGEST = 32;
  private static final int HEAD = 16 + DIGEST + Integer.BYTES;
  private static final int MOST = 0xffff;

  private SealedParts() {}

  static byte[] write(List<Sealed> parts) {
    if (parts.size() > MOST) {
      throw new IllegalArgumentException("an event about more than " + MOST + " persons");
    }
    int size = Short.BYTES + parts.stream().mapToInt(part -> HEAD + part.sealed().length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(size).putShort((short) parts.size());
    for (Sealed part : parts) {
      bytes
          .putLong(part.key().getMostSignificantBits())
          .putLong(part.key().getLeastSignificantBits())
          .put(part.digest())
          .putInt(part.sealed().length)
          .put(part.sealed());
    }
    return bytes.array();
  }

  /**
   * The parts.
   *
   * @throws IllegalArgumentException if the bytes are no such payload
   */
  static List<Sealed> read(byte[] payload) {
    ByteBuffer bytes = ByteBuffer.wrap(payload);
    try {
      int count = bytes.getShort() & MOST;
      List<Sealed> parts = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        UUID key = new UUID(bytes.getLong(), bytes.getLong());
        byte[] digest = new byte[DIGEST];
        bytes.get(digest);
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
          throw new IllegalArgumentException("a part is cut off");
        }
        byte[] sealed = new byte[length];
        bytes.get(sealed);
        parts.add(new Sealed(key, digest, sealed));
      }
      if (count == 0 || bytes.hasRemaining()) {
        throw new IllegalArgumentException("no parts, or more than that");
      }
      return parts;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a payload is cut off", e);
    }
  }
}
