package dev.vigil.hl7.mllp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads and writes MLLP blocks: {@code 0x0B text 0x1C 0x0D} (HL7 Transport Specification: MLLP,
 * release 1).
 *
 * <p>A broken frame is thrown away and reading goes on at the next {@code 0x0B}: bytes before it
 * are skipped; one inside a text means that the former text never ended; a {@code 0x1C} that no
 * {@code 0x0D} follows spoils its frame. None of the three bytes may stand in a text.
 */
public final class MllpFraming {

  static final int START = 0x0B;
  static final int END = 0x1C;
  static final int RETURN = 0x0D;

  /** An oversize frame is read to its end up to this many times the limit, to answer it. */
  private static final int OVERSIZE_PATIENCE = 10;

  /** Enough of an oversize text to find the header in. */
  private static final int HEAD = 4096;

  private final InputStream in;
  private final int maxBytes;
  private final Patience patience;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int limit;
  private long broken;

  /** Told before each read of the source, so that it can limit how long the read may take. */
  interface Patience {
    /** Prepares the source for one more read. */
    void beforeRead(boolean insideFrame) throws IOException;
  }

  /**
   * Reads frames from a stream.
   *
   * @param in need not be buffered: it is read in blocks
   * @param maxBytes largest text
   */
  public MllpFraming(InputStream in, int maxBytes) {
    this(in, maxBytes, insideFrame -> {});
  }

  MllpFraming(InputStream in, int maxBytes, Patience patience) {
    this.in = in;
    this.maxBytes = maxBytes;
    this.patience = patience;
  }

  /**
   * The next frame that can be answered; broken ones before it are skipped and counted.
   *
   * @return empty at the end of the stream
   * @throws BrokenFrameException if the stream ends inside a frame, or a frame has no end in sight
   */
  public Optional<Frame> next() throws IOException {
    if (!skipToStart(false)) {
      return Optional.empty();
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(1024);
    long length = 0;
    while (true) {
      int read = readInside();
      if (read == START) {
        broken++;
        text.reset();
        length = 0;
      } else if (read == END) {
        int after = readInside();
        if (after == RETURN) {
          return Optional.of(frame(text, length));
        }
        broken++;
        text.reset();
        length = 0;
        if (after != START && !skipToStart(true)) {
          return Optional.empty();
        }
      } else {
        length++;
        if (length <= maxBytes) {
          text.write(read);
        } else if (length > (long) maxBytes * OVERSIZE_PATIENCE) {
          throw new BrokenFrameException("a frame far above the size limit");
        }
      }
    }
  }

  /** How many broken frames were thrown away so far; bytes between two frames count as one. */
  public long broken() {
    return broken;
  }

  /** Writes one block and flushes. */
  public static void write(OutputStream out, byte[] text) throws IOException {
    byte[] block = new byte[text.length + 3];
    block[0] = START;
    System.arraycopy(text, 0, block, 1, text.length);
    block[block.length - 2] = END;
    block[block.length - 1] = RETURN;
    out.write(block);
    out.flush();
  }

  private Frame frame(ByteArrayOutputStream text, long length) {
    byte[] content = text.toByteArray();
    if (length <= maxBytes) {
      return new Frame(content, true);
    }
    broken++;
    return new Frame(Arrays.copyOf(content, Math.min(content.length, HEAD)), false);
  }

  private boolean skipToStart(boolean counted) throws IOException {
    boolean rubbish = false;
    while (true) {
      int read = pull(false);
      if (read == START || read < 0) {
        if (rubbish && !counted) {
          broken++;
        }
        return read == START;
      }
      // Line ends between two blocks are common and harmless.
      rubbish |= read != RETURN && read != '\n';
    }
  }

  private int readInside() throws IOException {
    int read = pull(true);
    if (read < 0) {
      throw new BrokenFrameException("the connection ended inside a frame");
    }
    return read;
  }

  private int pull(boolean insideFrame) throws IOException {
    if (position == limit) {
      patience.beforeRead(insideFrame);
      position = 0;
      limit = Math.max(0, in.read(buffer));
      if (limit == 0) {
        return -1;
      }
    }
    return buffer[position++] & 0xFF;
  }
}
