package dev.vigil.telemetry.observation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Leaves as bytes. Numbers, times and UUIDs written in the usual way are packed, the first time as
 * a distance from a base that the row keeps anyway; whatever would not come back as the same
 * characters is kept as text.
 *
 * <p>Each leaf begins with a byte: 0 to 127 is a text of so many bytes; then see the constants.
 */
final class Leaves {

  private static final int LONG_TEXT = 0x80;
  private static final int UUID_TEXT = 0x81;
  private static final int URN_UUID = 0x82;

  /** Plus the number of decimals: then the digits as a whole number. */
  private static final int NUMBER = 0x90;

  /** Plus the decimals of the seconds: then milliseconds since the time before. In UTC, "Z". */
  private static final int TIME_UTC = 0xA0;

  /** The same, then the offset in quarters of an hour. */
  private static final int TIME_OFFSET = 0xB0;

  private static final String URN = "urn:uuid:";

  private Leaves() {}

  /**
   * Packs leaves.
   *
   * @param base milliseconds since 1970 that the first time is measured from
   */
  static byte[] pack(List<Leaf> leaves, long base) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 + 16 * leaves.size());
    long previous = base;
    for (Leaf leaf : leaves) {
      String raw = leaf.raw();
      TimeText time = leaf.kind() == Leaf.Kind.STRING ? TimeText.parse(raw) : null;
      if (time != null) {
        packTime(out, time, time.millis() - previous);
        previous = time.millis();
      } else if (leaf.kind() != Leaf.Kind.NUMBER || !packNumber(out, raw)) {
        packText(out, raw);
      }
    }
    return out.toByteArray();
  }

  private static void packTime(ByteArrayOutputStream out, TimeText time, long distance) {
    out.write((time.utc() ? TIME_UTC : TIME_OFFSET) + time.decimals());
    packLong(out, distance);
    if (!time.utc()) {
      out.write(time.quarters());
    }
  }

  private static boolean packNumber(ByteArrayOutputStream out, String raw) {
    int point = raw.indexOf('.');
    int decimals = point < 0 ? 0 : raw.length() - point - 1;
    if (raw.length() > 18 || decimals > 15) {
      return false;
    }
    long digits;
    try {
      digits = Long.parseLong(point < 0 ? raw : raw.substring(0, point) + raw.substring(point + 1));
    } catch (NumberFormatException e) {
      return false; // Written with an exponent.
    }
    if (!number(digits, decimals).equals(raw)) {
      return false;
    }
    out.write(NUMBER + decimals);
    packLong(out, digits);
    return true;
  }

  private static void packText(ByteArrayOutputStream out, String raw) {
    boolean urn = raw.startsWith(URN);
    UUID uuid = uuid(urn ? raw.substring(URN.length()) : raw);
    if (uuid != null) {
      out.write(urn ? URN_UUID : UUID_TEXT);
      out.writeBytes(
          ByteBuffer.allocate(16)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits())
              .array());
      return;
    }
    byte[] text = raw.getBytes(StandardCharsets.UTF_8);
    if (text.length < LONG_TEXT) {
      out.write(text.length);
    } else {
      out.write(LONG_TEXT);
      packLong(out, text.length);
    }
    out.writeBytes(text);
  }

  private static UUID uuid(String text) {
    if (text.length() != 36 || text.charAt(8) != '-' || text.charAt(13) != '-') {
      return null;
    }
    try {
      UUID uuid = UUID.fromString(text);
      return uuid.toString().equals(text) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null; // Has the length of one, but is not.
    }
  }

  /** The raw texts of the leaves, in order. */
  static List<String> unpack(byte[] packed, long base) {
    ByteBuffer in = ByteBuffer.wrap(packed);
    List<String> leaves = new ArrayList<>();
    long previous = base;
    while (in.hasRemaining()) {
      int tag = in.get() & 0xFF;
      if (tag >= TIME_UTC) {
        previous += unpackLong(in);
        boolean utc = tag < TIME_OFFSET;
        int decimals = tag - (utc ? TIME_UTC : TIME_OFFSET);
        leaves.add(new TimeText(previous, decimals, utc, utc ? 0 : in.get()).text());
      } else if (tag >= NUMBER) {
        leaves.add(number(unpackLong(in), tag - NUMBER));
      } else if (tag == UUID_TEXT) {
        leaves.add(new UUID(in.getLong(), in.getLong()).toString());
      } else if (tag == URN_UUID) {
        leaves.add(URN + new UUID(in.getLong(), in.getLong()));
      } else {
        byte[] text = new byte[tag == LONG_TEXT ? (int) unpackLong(in) : tag];
        in.get(text);
        leaves.add(new String(text, StandardCharsets.UTF_8));
      }
    }
    return leaves;
  }

  private static String number(long digits, int decimals) {
    StringBuilder text = new StringBuilder().append(Math.abs(digits));
    while (text.length() <= decimals) {
      text.insert(0, '0');
    }
    if (decimals > 0) {
      text.insert(text.length() - decimals, '.');
    }
    return digits < 0 ? text.insert(0, '-').toString() : text.toString();
  }

  /** Zigzag, then seven bits a byte, lowest first. */
  private static void packLong(ByteArrayOutputStream out, long value) {
    long rest = value << 1 ^ value >> 63;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static long unpackLong(ByteBuffer in) {
    long bits = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      bits |= (long) (next & 0x7F) << shift;
      shift += 7;
    } while (next < 0);
    return bits >>> 1 ^ -(bits & 1);
  }
}
