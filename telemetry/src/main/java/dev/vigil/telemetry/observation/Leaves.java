package dev.vigil.telemetry.observation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Leaves as bytes. Numbers, times and UUIDs written in the usual way are packed, the first time as
 * a distance from the one that the row keeps; what the row tells in columns is left out; whatever
 * would not come back as the same characters is kept as text.
 *
 * <p>A first byte of {@code 0xC0} or more says in its bits which leaves are left out. Without it,
 * as an older version wrote, none are. Each leaf begins with a byte: 0 to 127 is a text of so many
 * bytes; then see the constants.
 */
final class Leaves {

  private static final int LEFT_OUT = 0xC0;
  private static final int SUBJECT = 1;
  private static final int DEVICE = 2;
  private static final int IDENTIFIER = 4;
  private static final int IDENTIFIER_URN = 8;

  private static final int LONG_TEXT = 0x80;
  private static final int UUID_TEXT = 0x81;
  private static final int URN_UUID = 0x82;
  private static final int REQUEST_ID = 0x83;

  /** Plus the number of decimals: then the digits as a whole number. */
  private static final int NUMBER = 0x90;

  /** Plus the decimals of the seconds: then milliseconds since the time before. In UTC, "Z". */
  private static final int TIME_UTC = 0xA0;

  /** The same, then the offset in quarters of an hour. */
  private static final int TIME_OFFSET = 0xB0;

  /** Plus the decimals of the seconds: the same time as the one before. In UTC, "Z". */
  private static final int SAME_TIME_UTC = 0xC0;

  /** The same, then the offset in quarters of an hour. */
  private static final int SAME_TIME_OFFSET = 0xC8;

  /** Plus the number of decimals: the value of the row. */
  private static final int VALUE = 0xD0;

  /** With more digits a double does not give back all of them. */
  private static final long MOST_DIGITS = 1_000_000_000_000_000L;

  private static final double[] POWERS = new double[16];

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Math.pow(10, i);
    }
  }

  private Leaves() {}

  /** Packs the leaves of a shape, given what the row keeps. */
  static byte[] pack(List<Leaf> leaves, Shape shape, Kept kept) {
    Out out = new Out(16 + 16 * leaves.size());
    int leftOut = leftOut(leaves, shape, kept);
    out.write(LEFT_OUT | leftOut);
    int identifier = (leftOut & IDENTIFIER) == 0 ? Shape.NONE : shape.identifierLeaf();
    int subject = (leftOut & SUBJECT) == 0 ? Shape.NONE : shape.subjectLeaf();
    int device = (leftOut & DEVICE) == 0 ? Shape.NONE : shape.deviceLeaf();
    long previous = kept.base();
    for (int i = 0; i < leaves.size(); i++) {
      if (i == subject || i == device) {
        continue;
      }
      Leaf leaf = leaves.get(i);
      String raw = leaf.raw();
      if (i == identifier) {
        out.fixed(uuid(raw).getLeastSignificantBits());
        continue;
      }
      TimeText time = leaf.kind() == Leaf.Kind.STRING ? TimeText.parse(raw) : null;
      if (time != null) {
        packTime(out, time, time.millis() - previous);
        previous = time.millis();
      } else if (leaf.kind() != Leaf.Kind.NUMBER
          || !packNumber(out, raw, i == shape.valueLeaf() ? kept.value() : null)) {
        packText(out, raw);
      }
    }
    return out.toByteArray();
  }

  private static int leftOut(List<Leaf> leaves, Shape shape, Kept kept) {
    int leftOut = 0;
    if (is(leaves, shape.subjectLeaf(), kept.patient())) {
      leftOut |= SUBJECT;
    }
    if (is(leaves, shape.deviceLeaf(), kept.device())) {
      leftOut |= DEVICE;
    }
    if (shape.identifierLeaf() != Shape.NONE && kept.identifier() != null) {
      String raw = leaves.get(shape.identifierLeaf()).raw();
      if (uuid(raw) != null) {
        leftOut |= IDENTIFIER | (raw.startsWith(IdentifierHash.URN) ? IDENTIFIER_URN : 0);
      }
    }
    return leftOut;
  }

  private static boolean is(List<Leaf> leaves, int leaf, String id) {
    return leaf != Shape.NONE && leaves.get(leaf).raw().equals(id);
  }

  private static UUID uuid(String raw) {
    return IdentifierHash.uuid(
        raw.startsWith(IdentifierHash.URN) ? raw.substring(IdentifierHash.URN.length()) : raw);
  }

  private static void packTime(Out out, TimeText time, long distance) {
    if (distance == 0) {
      out.write((time.utc() ? SAME_TIME_UTC : SAME_TIME_OFFSET) + time.decimals());
    } else {
      out.write((time.utc() ? TIME_UTC : TIME_OFFSET) + time.decimals());
      out.varying(distance);
    }
    if (!time.utc()) {
      out.write(time.quarters());
    }
  }

  private static boolean packNumber(Out out, String raw, Double value) {
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
    if (value != null
        && Math.abs(digits) < MOST_DIGITS
        && Math.round(value * POWERS[decimals]) == digits) {
      out.write(VALUE + decimals);
    } else {
      out.write(NUMBER + decimals);
      out.varying(digits);
    }
    return true;
  }

  private static void packText(Out out, String raw) {
    UUID uuid = uuid(raw);
    if (uuid != null) {
      out.write(raw.startsWith(IdentifierHash.URN) ? URN_UUID : UUID_TEXT);
      out.fixed(uuid.getMostSignificantBits());
      out.fixed(uuid.getLeastSignificantBits());
      return;
    }
    byte[] request = RequestIdText.pack(raw);
    if (request != null) {
      out.write(REQUEST_ID);
      out.writeBytes(request);
      return;
    }
    byte[] text = raw.getBytes(StandardCharsets.UTF_8);
    if (text.length < LONG_TEXT) {
      out.write(text.length);
    } else {
      out.write(LONG_TEXT);
      out.varying(text.length);
    }
    out.writeBytes(text);
  }

  /** The raw texts of the leaves, in order. */
  static List<String> unpack(byte[] packed, Shape shape, Kept kept) {
    ByteBuffer in = ByteBuffer.wrap(packed);
    List<String> leaves = new ArrayList<>();
    int leftOut = 0;
    if (in.hasRemaining() && (packed[0] & LEFT_OUT) == LEFT_OUT) {
      leftOut = in.get() & ~LEFT_OUT;
    }
    long previous = kept.base();
    while (true) {
      int leaf = leaves.size();
      if ((leftOut & SUBJECT) != 0 && leaf == shape.subjectLeaf()) {
        leaves.add(Objects.requireNonNull(kept.patient(), "no id of the subject"));
      } else if ((leftOut & DEVICE) != 0 && leaf == shape.deviceLeaf()) {
        leaves.add(Objects.requireNonNull(kept.device(), "no id of the device"));
      } else if (!in.hasRemaining()) {
        return leaves;
      } else if ((leftOut & IDENTIFIER) != 0 && leaf == shape.identifierLeaf()) {
        boolean urn = (leftOut & IDENTIFIER_URN) != 0;
        UUID uuid = IdentifierHash.uuid(kept.identifier(), urn, in.getLong());
        leaves.add(urn ? IdentifierHash.URN + uuid : uuid.toString());
      } else {
        int tag = in.get() & 0xFF;
        if (tag >= VALUE) {
          leaves.add(number(Math.round(kept.value() * POWERS[tag - VALUE]), tag - VALUE));
        } else if (tag >= TIME_UTC) {
          boolean same = tag >= SAME_TIME_UTC;
          boolean utc = same ? tag < SAME_TIME_OFFSET : tag < TIME_OFFSET;
          previous += same ? 0 : unpackLong(in);
          leaves.add(new TimeText(previous, tag & 7, utc, utc ? 0 : in.get()).text());
        } else {
          leaves.add(plain(in, tag));
        }
      }
    }
  }

  private static String plain(ByteBuffer in, int tag) {
    if (tag >= NUMBER) {
      return number(unpackLong(in), tag - NUMBER);
    }
    if (tag == UUID_TEXT) {
      return new UUID(in.getLong(), in.getLong()).toString();
    }
    if (tag == URN_UUID) {
      return IdentifierHash.URN + new UUID(in.getLong(), in.getLong());
    }
    if (tag == REQUEST_ID) {
      byte[] request = new byte[RequestIdText.BYTES];
      in.get(request);
      return RequestIdText.unpack(request);
    }
    byte[] text = new byte[tag == LONG_TEXT ? (int) unpackLong(in) : tag];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
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

  private static final class Out extends ByteArrayOutputStream {

    Out(int size) {
      super(size);
    }

    void fixed(long value) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        write((int) (value >>> shift));
      }
    }

    /** Zigzag, then seven bits a byte, lowest first. */
    void varying(long value) {
      long rest = value << 1 ^ value >> 63;
      while ((rest & ~0x7FL) != 0) {
        write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      write((int) rest);
    }
  }
}
