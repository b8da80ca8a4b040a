package dev.vigil.telemetry.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes numbers, texts and columns of texts. Neighbours in a column differ in little, so of each
 * text only what it does not share with the one before is written; and equal columns come out as
 * equal bytes, which compression then finds. Read by {@link ColumnReader}.
 *
 * <p>A number takes seven bits a byte, lowest first. A text is its length in bytes and its UTF-8. A
 * column is a byte: {@link #SAME}, and the text that all have; or {@link #APART}, then for each
 * text how many bytes it begins like the one before, for each how many it ends like it, for each
 * how many are between, and last those between.
 */
final class ColumnWriter {

  static final int SAME = 0;
  static final int APART = 1;

  private static final byte[] NOTHING = new byte[0];

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);

  void number(long value) {
    number(out, value);
  }

  private static void number(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  void text(String text) {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void bytes(byte[] text) {
    number(text.length);
    out.writeBytes(text);
  }

  /** A column; the reader has to know how many texts it has. */
  void column(List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    if (same(texts)) {
      out.write(SAME);
      text(texts.get(0));
      return;
    }
    out.write(APART);
    ByteArrayOutputStream ends = new ByteArrayOutputStream(texts.size());
    ByteArrayOutputStream lengths = new ByteArrayOutputStream(texts.size());
    ByteArrayOutputStream middles = new ByteArrayOutputStream(8 * texts.size());
    byte[] before = NOTHING;
    for (String text : texts) {
      byte[] here = text.getBytes(StandardCharsets.UTF_8);
      int most = Math.min(here.length, before.length);
      int begins = 0;
      while (begins < most && here[begins] == before[begins]) {
        begins++;
      }
      int end = 0;
      while (end < most - begins
          && here[here.length - 1 - end] == before[before.length - 1 - end]) {
        end++;
      }
      number(out, begins);
      number(ends, end);
      number(lengths, here.length - begins - end);
      middles.write(here, begins, here.length - begins - end);
      before = here;
    }
    out.writeBytes(ends.toByteArray());
    out.writeBytes(lengths.toByteArray());
    out.writeBytes(middles.toByteArray());
  }

  private static boolean same(List<String> texts) {
    String first = texts.get(0);
    for (String text : texts) {
      if (!text.equals(first)) {
        return false;
      }
    }
    return true;
  }

  /** A column of numbers that mostly repeat or grow by one. */
  void numbers(List<Integer> values) {
    List<String> texts = new ArrayList<>(values.size());
    values.forEach(value -> texts.add(Integer.toString(value)));
    column(texts);
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
