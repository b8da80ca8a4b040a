package dev.vigil.telemetry.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads what a {@link ColumnWriter} wrote. Throws an {@link IllegalArgumentException} at anything
 * else.
 */
final class ColumnReader {

  private final byte[] bytes;
  private int at;

  ColumnReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int count() {
    long value = number();
    if (value < 0 || value > bytes.length * 1_000L) {
      throw new IllegalArgumentException("a count is damaged");
    }
    return (int) value;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = next();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is damaged");
  }

  private byte next() {
    if (at == bytes.length) {
      throw new IllegalArgumentException("a part is cut off");
    }
    return bytes[at++];
  }

  String text() {
    int length = length();
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  private int length() {
    long length = number();
    if (length < 0 || length > bytes.length - at) {
      throw new IllegalArgumentException("a text is cut off");
    }
    return (int) length;
  }

  List<String> column(int size) {
    if (size == 0) {
      return List.of();
    }
    return switch (next()) {
      case ColumnWriter.SAME -> Collections.nCopies(size, text());
      case ColumnWriter.APART -> apart(size);
      default -> throw new IllegalArgumentException("a column of an unknown kind");
    };
  }

  private List<String> apart(int size) {
    int[] begins = lengths(size);
    int[] ends = lengths(size);
    int[] middles = lengths(size);
    List<String> texts = new ArrayList<>(size);
    byte[] before = new byte[0];
    for (int i = 0; i < size; i++) {
      if (begins[i] + ends[i] > before.length || middles[i] > bytes.length - at) {
        throw new IllegalArgumentException("a column is damaged");
      }
      byte[] here = new byte[begins[i] + middles[i] + ends[i]];
      System.arraycopy(before, 0, here, 0, begins[i]);
      System.arraycopy(bytes, at, here, begins[i], middles[i]);
      System.arraycopy(before, before.length - ends[i], here, begins[i] + middles[i], ends[i]);
      at += middles[i];
      texts.add(new String(here, StandardCharsets.UTF_8));
      before = here;
    }
    return texts;
  }

  private int[] lengths(int size) {
    if (size > bytes.length - at) {
      throw new IllegalArgumentException("a column is cut off");
    }
    int[] lengths = new int[size];
    for (int i = 0; i < size; i++) {
      long length = number();
      if (length < 0 || length > Integer.MAX_VALUE / 4) {
        throw new IllegalArgumentException("a length is damaged");
      }
      lengths[i] = (int) length;
    }
    return lengths;
  }

  List<Integer> numbers(int size) {
    return column(size).stream().map(Integer::valueOf).toList();
  }

  void end() {
    if (at != bytes.length) {
      throw new IllegalArgumentException("a part has more than it says");
    }
  }
}
