package dev.vigil.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** One kind of reading of one patient: its numbers walk on from reading to reading. */
final class SourceOfReadings {

  private static final int SAMPLES = 64;
  private static final int LONGEST_PERIOD_MS = 480_000;

  private final Object[] parts;
  private final int[] values;
  private final byte[] serial;
  private final SplittableRandom random;
  private final long stepMillis;
  private long last;

  /**
   * @param serial begin of its identifiers
   * @param stepMillis of event time from one reading to the next, while there is room before now
   */
  SourceOfReadings(List<Object> bound, String serial, long seed, long stepMillis) {
    this.stepMillis = stepMillis;
    this.parts = new Object[bound.size()];
    this.values = new int[bound.size()];
    this.serial = serial.getBytes(StandardCharsets.US_ASCII);
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < parts.length; i++) {
      Object part = bound.get(i);
      if (part instanceof Template.Range range) {
        values[i] = random.nextInt(range.low(), range.high() + 1);
      }
      parts[i] = part instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : part;
    }
  }

  /**
   * The next moment: a step after the last, not before the oldest and not after now unless the
   * millisecond is taken.
   */
  long next(long oldest, long now) {
    last = Math.max(last + 1, Math.min(now, Math.max(oldest, last + stepMillis)));
    return last;
  }

  /**
   * Appends the next Observation.
   *
   * @return where its identifier's value begins, or -1 if it has none
   */
  int write(JsonBytes out, long moment) {
    int identifier = -1;
    for (int i = 0; i < parts.length; i++) {
      Object part = parts[i];
      if (part instanceof byte[] text) {
        out.text(text);
      } else if (part instanceof Template.Range range) {
        out.number(walk(i, range), range.decimals());
      } else {
        switch ((Template.Moving) part) {
          case ID -> {
            identifier = out.length();
            out.text(serial).stamp(moment);
          }
          case TIME -> out.utc(moment);
          case LOCAL -> out.local(moment);
          case FROM -> out.utc(moment - 8_000 - random.nextInt(LONGEST_PERIOD_MS));
          case SAMPLES -> samples(out);
        }
      }
    }
    return identifier;
  }

  private int walk(int at, Template.Range range) {
    int width = Math.max(1, (range.high() - range.low()) / 12);
    int next = values[at] + random.nextInt(-width, width + 1);
    values[at] = Math.max(range.low(), Math.min(range.high(), next));
    return values[at];
  }

  private void samples(JsonBytes out) {
    int value = 0;
    for (int i = 0; i < SAMPLES; i++) {
      value += random.nextInt(-9, 10);
      if (i > 0) {
        out.text(" ");
      }
      out.text(Integer.toString(value));
    }
  }
}
