package dev.vigil.telemetry.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;

/**
 * A row of {@code telemetry.event} without its hashes: what the chain protects.
 *
 * @param recordedAt to the microsecond
 * @param payload of version 1 the UTF-8 of its JSON, then sealed parts; not copied
 */
record EventRow(
    String tenant,
    int shard,
    long sequence,
    String kind,
    int version,
    Instant recordedAt,
    String door,
    String client,
    byte[] payload) {

  /** The hash before the first event: 32 zero bytes. */
  static final byte[] GENESIS = new byte[32];

  static EventRow of(ResultSet row) throws SQLException {
    return new EventRow(
        row.getString("tenant_id"),
        row.getInt("shard"),
        row.getLong("sequence"),
        row.getString("kind"),
        row.getInt("version"),
        row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
        row.getString("door"),
        row.getString("client"),
        row.getBytes("payload"));
  }

  /**
   * SHA-256 of the previous hash and the fields in the order of this record. A text is its length
   * in bytes (4 bytes, big-endian) and its UTF-8, the payload its length and bytes; numbers are 8
   * bytes big-endian; the time is microseconds since 1970. So no two rows share the hashed bytes.
   */
  byte[] hashAfter(byte[] previous) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(previous);
      update(digest, tenant);
      update(digest, shard);
      update(digest, sequence);
      update(digest, kind);
      update(digest, version);
      update(
          digest,
          Math.addExact(
              Math.multiplyExact(recordedAt.getEpochSecond(), 1_000_000L),
              recordedAt.get(ChronoField.MICRO_OF_SECOND)));
      update(digest, door);
      update(digest, client);
      update(digest, payload);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
  }

  private static void update(MessageDigest digest, String text) {
    update(digest, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void update(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  /** Hides the payload. */
  @Override
  public String toString() {
    return "EventRow[" + sequence + " " + kind + "]";
  }
}
