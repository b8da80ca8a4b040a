package dev.vigil.telemetry.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A file with a head a line, added to and written to the disk. The public keys are written beside
 * it, as {@code .pub}: keep copies of both on another machine, or have the file on a medium that
 * can only be added to.
 */
public final class FileWitness implements Witness {

  private final Path file;
  private final Map<Integer, Long> known = new HashMap<>();
  private long knownSize;

  /** On a file that is made with the first head; its folder is made too. */
  public FileWitness(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** The file of public keys that belongs to a witness file. */
  public static Path keysBeside(Path file) {
    return file.resolveSibling(file.getFileName() + ".pub");
  }

  @Override
  public synchronized long last(int shard) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    long size = Files.size(file);
    if (size != knownSize) {
      known.clear();
      read(file).forEach(head -> known.merge(head.shard(), head.number(), Math::max));
      knownSize = size;
    }
    return known.getOrDefault(shard, 0L);
  }

  @Override
  public synchronized void publish(List<SignedHead> heads, Map<UUID, byte[]> keys)
      throws IOException {
    Files.createDirectories(file.getParent());
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        var lock = channel.lock()) {
      StringBuilder keyLines = new StringBuilder();
      keys.forEach(
          (id, key) ->
              keyLines
                  .append(id)
                  .append(' ')
                  .append(Base64.getEncoder().encodeToString(key))
                  .append('\n'));
      Path keyFile = keysBeside(file);
      if (!Files.exists(keyFile) || !Files.readString(keyFile).contentEquals(keyLines)) {
        Files.writeString(
            keyFile,
            keyLines,
            StandardOpenOption.CREATE,
            StandardOpenOption.SYNC,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
      }
      StringBuilder lines = new StringBuilder(endsInALine() ? "" : "\n");
      for (SignedHead head : heads) {
        if (head.number() > last(head.shard())) {
          lines.append(head.line()).append('\n');
        }
      }
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(lines.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** A line that a crash cut off is ended, and read by nobody. */
  private boolean endsInALine() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return channel.size() == 0
          || channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
    }
  }

  /**
   * The heads of a witness file, in its order; a line that a crash cut off is left out.
   *
   * @throws IOException if the file cannot be read, or is damaged
   */
  public static List<SignedHead> read(Path file) throws IOException {
    List<SignedHead> heads = new ArrayList<>();
    try (Stream<String> lines = Files.lines(file, StandardCharsets.US_ASCII)) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.endsWith(SignedHead.LINE_END)) {
          heads.add(SignedHead.parse(line));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("the witness is damaged: " + file, e);
    }
    return heads;
  }

  /**
   * The public keys of a file that was written beside a witness.
   *
   * @throws IOException if the file cannot be read, or is damaged
   */
  public static Map<UUID, PublicKey> readKeys(Path file) throws IOException {
    Map<UUID, PublicKey> keys = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        String[] words = line.split(" ");
        keys.put(
            UUID.fromString(words[0]),
            publicKey(Base64.getDecoder().decode(words[words.length - 1])));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("no public keys in " + file, e);
    }
    return keys;
  }

  private static PublicKey publicKey(byte[] der) {
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no Ed25519 key", e);
    }
  }
}
