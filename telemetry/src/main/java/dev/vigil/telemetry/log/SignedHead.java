package dev.vigil.telemetry.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A head of the log as it was at a moment, signed. Heads form a chain of their own.
 *
 * @param shard of the log
 * @param number of the head in its shard, from 1, without gaps
 * @param sequence of the newest event
 * @param eventHash that event's hash
 * @param signedAt our time, to the microsecond
 * @param key id of the signing key
 * @param previousDigest {@link #digest()} of the head before; zeros for the first
 * @param signature Ed25519 (RFC 8032) of {@link #text()}
 */
public record SignedHead(
    int shard,
    long number,
    long sequence,
    byte[] eventHash,
    Instant signedAt,
    UUID key,
    byte[] previousDigest,
    byte[] signature) {

  /** Tells a whole line from one that a crash cut off. */
  static final String LINE_END = ".";

  private static final HexFormat HEX = HexFormat.of();

  /** What is signed: the fields in their order, fixed in length, after a label. */
  byte[] text() {
    byte[] label = "vigil head 1".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(label.length + 4 + 5 * Long.BYTES + 64)
        .put(label)
        .putInt(shard)
        .putLong(number)
        .putLong(sequence)
        .put(eventHash)
        .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, signedAt))
        .putLong(key.getMostSignificantBits())
        .putLong(key.getLeastSignificantBits())
        .put(previousDigest)
        .array();
  }

  /** SHA-256 of text and signature. */
  byte[] digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(text());
      return digest.digest(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  boolean signedBy(PublicKey publicKey) {
    try {
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(publicKey);
      check.update(text());
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** One line of a witness: the fields in their order, bytes in hexadecimal, then a full stop. */
  String line() {
    return String.join(
        " ",
        Integer.toString(shard),
        Long.toString(number),
        Long.toString(sequence),
        HEX.formatHex(eventHash),
        signedAt.toString(),
        key.toString(),
        HEX.formatHex(previousDigest),
        HEX.formatHex(signature),
        LINE_END);
  }

  /**
   * The head of a line.
   *
   * @throws IllegalArgumentException if it is none
   */
  static SignedHead parse(String line) {
    String[] words = line.split(" ");
    if (words.length != 9) {
      throw new IllegalArgumentException("no line of a witness");
    }
    try {
      return new SignedHead(
          Integer.parseInt(words[0]),
          Long.parseLong(words[1]),
          Long.parseLong(words[2]),
          bytes(words[3], 32),
          Instant.parse(words[4]),
          UUID.fromString(words[5]),
          bytes(words[6], 32),
          bytes(words[7], 64));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("no line of a witness", e);
    }
  }

  private static byte[] bytes(String hex, int length) {
    byte[] bytes = HEX.parseHex(hex);
    if (bytes.length != length) {
      throw new IllegalArgumentException("no line of a witness");
    }
    return bytes;
  }

  /** Names head and event. */
  @Override
  public String toString() {
    return "SignedHead[" + number + " at " + sequence + "]";
  }
}
