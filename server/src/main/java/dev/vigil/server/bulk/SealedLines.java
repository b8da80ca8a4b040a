package dev.vigil.server.bulk;

import dev.vigil.telemetry.key.DataKey;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A file of lines, written and read from front to back in constant memory: chunks, each compressed
 * and then sealed, with its length in front. A chunk is bound to its file and place, and an empty
 * one ends the file, so that chunks can be neither swapped nor left away unnoticed.
 */
final class SealedLines {

  private static final int CHUNK = 256 * 1024;

  /** More than any chunk: a longer line makes its chunk longer. */
  private static final int MOST = 256 * 1024 * 1024;

  private SealedLines() {}

  static Writer write(Path file, DataKey key, String context) throws IOException {
    return new Writer(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            BulkFolder.OWNER_ONLY_FILE),
        key,
        context);
  }

  static Reader read(Path file, DataKey key, String context) throws IOException {
    return new Reader(new DataInputStream(Files.newInputStream(file)), key, context);
  }

  private static byte[] context(String file, int chunk) {
    return (file + " " + chunk).getBytes(StandardCharsets.UTF_8);
  }

  /** Takes lines. Without {@link #finish} the file cannot be read to its end. */
  static final class Writer implements AutoCloseable {
    private final FileChannel file;
    private final DataOutputStream out;
    private final DataKey key;
    private final String context;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream(CHUNK + 16 * 1024);
    private int chunks;
    private long lines;

    private Writer(FileChannel file, DataKey key, String context) {
      this.file = file;
      this.out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), 64 * 1024));
      this.key = key;
      this.context = context;
    }

    /** Without a line break in it. */
    void line(String line) throws IOException {
      pending.writeBytes(line.getBytes(StandardCharsets.UTF_8));
      pending.write('\n');
      lines++;
      if (pending.size() >= CHUNK) {
        flush();
      }
    }

    long lines() {
      return lines;
    }

    private void flush() throws IOException {
      ByteArrayOutputStream packed = new ByteArrayOutputStream(pending.size() / 4);
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed, 8 * 1024)) {
        pending.writeTo(gzip);
      }
      pending.reset();
      seal(packed.toByteArray());
    }

    private void seal(byte[] chunk) throws IOException {
      byte[] sealed = key.seal(chunk, context(context, chunks++));
      out.writeInt(sealed.length);
      out.write(sealed);
    }

    /** Ends the file and waits until the disk has it. */
    void finish() throws IOException {
      if (pending.size() > 0) {
        flush();
      }
      seal(new byte[0]);
      out.flush();
      file.force(true);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Gives lines. */
  static final class Reader implements AutoCloseable {
    private final DataInputStream in;
    private final DataKey key;
    private final String context;

    private Reader(DataInputStream in, DataKey key, String context) {
      this.in = in;
      this.key = key;
      this.context = context;
    }

    /**
     * Copies all lines, each with its line break.
     *
     * @throws IOException if the file is not what was written
     */
    void copyTo(OutputStream target) throws IOException {
      for (int chunk = 0; ; chunk++) {
        byte[] packed = open(chunk);
        if (packed.length == 0) {
          return;
        }
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
          gzip.transferTo(target);
        }
      }
    }

    private byte[] open(int chunk) throws IOException {
      int length = in.readInt();
      if (length < 0 || length > MOST) {
        throw new IOException("a chunk of a bulk file has no length");
      }
      try {
        return key.open(in.readNBytes(length), context(context, chunk));
      } catch (IllegalArgumentException e) {
        throw new IOException("a chunk of a bulk file was changed", e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
