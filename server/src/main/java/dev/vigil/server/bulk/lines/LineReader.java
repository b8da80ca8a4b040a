package dev.vigil.server.bulk.lines;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lines of a stream one by one. Reads no further than it has to, so the sender waits with us. */
public final class LineReader {

  /** Longest line in bytes; no resource that a device sends comes near it. */
  static final int MOST = 4 * 1024 * 1024;

  private static final int BUFFER = 64 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int begin;
  private int end;
  private long number;

  /** On a stream that somebody else closes. */
  public LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * A line.
   *
   * @param number from 1, empty lines counted
   * @param text without its end; empty if the line was too long to be taken
   */
  public record Line(long number, Optional<String> text) {}

  /**
   * The next line that is not blank.
   *
   * @return empty at the end of the stream
   * @throws IOException if the stream breaks; a line that was begun is lost then
   */
  public Optional<Line> next() throws IOException {
    while (true) {
      Optional<Line> line = any();
      if (line.isEmpty() || !line.get().text().map(String::isBlank).orElse(false)) {
        return line;
      }
    }
  }

  private Optional<Line> any() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    boolean tooLong = false;
    boolean begun = false;
    while (true) {
      if (begin == end) {
        begin = 0;
        end = Math.max(in.read(buffer, 0, BUFFER), 0);
        if (end == 0) {
          return begun ? Optional.of(line(line, tooLong)) : Optional.empty();
        }
      }
      begun = true;
      int stop = begin;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      if (line.size() + stop - begin > MOST) {
        tooLong = true;
        line.reset();
      } else if (!tooLong) {
        line.write(buffer, begin, stop - begin);
      }
      boolean whole = stop < end;
      begin = whole ? stop + 1 : stop;
      if (whole) {
        return Optional.of(line(line, tooLong));
      }
    }
  }

  private Line line(ByteArrayOutputStream bytes, boolean tooLong) {
    number++;
    return new Line(
        number, tooLong ? Optional.empty() : Optional.of(bytes.toString(StandardCharsets.UTF_8)));
  }
}
