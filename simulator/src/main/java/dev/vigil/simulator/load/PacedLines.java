package dev.vigil.simulator.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Readings as NDJSON, made when they are due and read: who reads slowly gets what was due meanwhile
 * as fast as it reads. Ends after its time.
 */
final class PacedLines extends InputStream {

  private static final int MOST_AT_ONCE = 100;
  private static final long LOOK_EVERY_MS = 20;

  private final SteadyReadings readings;
  private final double rate;
  private final long start;
  private final long end;
  private final AtomicLong sent;
  private long made;
  private byte[] lines = new byte[0];
  private int next;

  /**
   * @param rate lines a second
   * @param sent counts the lines that were read
   */
  PacedLines(SteadyReadings readings, double rate, double seconds, AtomicLong sent) {
    this.readings = readings;
    this.rate = rate;
    this.sent = sent;
    this.start = System.nanoTime();
    this.end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (next == lines.length && !more()) {
      return -1;
    }
    int count = Math.min(length, lines.length - next);
    System.arraycopy(lines, next, target, offset, count);
    next += count;
    return count;
  }

  private boolean more() throws InterruptedIOException {
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      long due = (long) (rate * ((now - start) / 1e9)) - made;
      if (due > 0) {
        make((int) Math.min(due, MOST_AT_ONCE));
        return true;
      }
      try {
        Thread.sleep(LOOK_EVERY_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }
    return false;
  }

  private void make(int count) {
    StringBuilder text = new StringBuilder();
    for (JsonNode entry : readings.bundle(count, false).json().path("entry")) {
      text.append(entry.path("resource")).append('\n');
    }
    lines = text.toString().getBytes(StandardCharsets.UTF_8);
    next = 0;
    made += count;
    sent.addAndGet(count);
  }
}
