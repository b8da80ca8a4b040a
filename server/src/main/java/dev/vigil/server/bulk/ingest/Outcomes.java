package dev.vigil.server.bulk.ingest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The answers of a stream between the thread that finds them and the thread that sends them. A
 * client that sends all before it reads would block both sides for ever, so what it does not fetch
 * goes to a file that nobody else can read and that is gone with the stream. Answers hold ids and
 * names of elements, no values.
 */
final class Outcomes implements AutoCloseable {

  private static final int IN_MEMORY = 256 * 1024;
  private static final int PIECE = 64 * 1024;

  private final Deque<byte[]> memory = new ArrayDeque<>();
  private int inMemory;
  private FileChannel file;
  private Path place;
  private long written;
  private long read;
  private boolean ended;
  private boolean abandoned;

  /** Adds a line. Nothing happens when nobody will fetch it. */
  synchronized void add(String line) throws IOException {
    if (abandoned) {
      return;
    }
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    boolean behindFile = read < written;
    if (!behindFile && inMemory + bytes.length <= IN_MEMORY) {
      memory.add(bytes);
      inMemory += bytes.length;
    } else {
      append(bytes);
    }
    notifyAll();
  }

  private void append(byte[] bytes) throws IOException {
    if (file == null) {
      // Mode 0600, as Java makes temporary files.
      place = Files.createTempFile("vigil-ingest", ".ndjson");
      file = FileChannel.open(place, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      written += file.write(buffer, written);
    }
  }

  /** There will be no more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Nobody will fetch any. */
  synchronized void abandon() {
    abandoned = true;
    memory.clear();
    notifyAll();
  }

  /** Whether the client has gone. */
  synchronized boolean abandoned() {
    return abandoned;
  }

  /** Whether something can be had at once. */
  synchronized boolean waiting() {
    return !memory.isEmpty() || read < written;
  }

  /**
   * Waits for lines.
   *
   * @return some, in order; null at the end
   */
  synchronized byte[] take() throws IOException, InterruptedException {
    while (memory.isEmpty() && read == written && !ended) {
      wait();
    }
    if (!memory.isEmpty()) {
      byte[] first = memory.remove();
      inMemory -= first.length;
      return first;
    }
    if (read < written) {
      return fromFile();
    }
    return null;
  }

  private byte[] fromFile() throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, written - read));
    while (piece.hasRemaining()) {
      int count = file.read(piece, read);
      if (count < 0) {
        throw new IOException("the answers of a stream were cut");
      }
      read += count;
    }
    if (read == written) {
      read = 0;
      written = 0;
      file.truncate(0);
    }
    return piece.array();
  }

  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
      Files.deleteIfExists(place);
    }
  }
}
