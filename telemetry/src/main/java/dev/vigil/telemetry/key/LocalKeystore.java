package dev.vigil.telemetry.key;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Master keys in a file that its owner alone can read: one a line, a name and the key in Base64,
 * the newest last. Whoever has the file and the database can read everything; whoever loses the
 * file can read nothing. Several processes may use one file.
 */
public final class LocalKeystore implements KeyService {

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private Map<String, SecretKey> keys = Map.of();

  /** On a file that is made with the first key; its folder is made too. */
  public LocalKeystore(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public synchronized WrappedKey wrap(byte[] key, String context) {
    load();
    String name = keys.isEmpty() ? add(true) : newest();
    return new WrappedKey(name, AesGcm.seal(keys.get(name), key, bytes(context)));
  }

  @Override
  public synchronized byte[] unwrap(WrappedKey wrapped, String context) {
    if (!knows(wrapped.masterKey())) {
      throw new KeyUnavailableException(
          "master key " + wrapped.masterKey() + " is not in " + file + ": restore that file");
    }
    try {
      return AesGcm.open(keys.get(wrapped.masterKey()), wrapped.bytes(), bytes(context));
    } catch (IllegalArgumentException e) {
      throw new KeyUnavailableException(
          "a key does not open under master key " + wrapped.masterKey(), e);
    }
  }

  @Override
  public synchronized boolean knows(String masterKey) {
    if (!keys.containsKey(masterKey)) {
      load();
    }
    return keys.containsKey(masterKey);
  }

  @Override
  public synchronized String rotate() {
    return add(false);
  }

  private String newest() {
    String newest = null;
    for (String name : keys.keySet()) {
      newest = name;
    }
    return newest;
  }

  /** Adds a key, unless only the first was wanted and another process has made it meanwhile. */
  private String add(boolean firstOnly) {
    try {
      createFolder(file.getParent());
      Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        load();
        if (firstOnly && !keys.isEmpty()) {
          return newest();
        }
        String name = "local-" + HexFormat.of().formatHex(AesGcm.random(4));
        String line = name + " " + Base64.getEncoder().encodeToString(AesGcm.newKey()) + "\n";
        write((Files.exists(file) ? Files.readString(file) : "") + line);
        load();
        return name;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the keystore cannot be written: " + file, e);
    }
  }

  private static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.getParent());
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** Whole or not at all, and on the disk before a key is used. */
  private void write(String content) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(draft, OWNER_ONLY);
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      channel.write(StandardCharsets.US_ASCII.encode(content));
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private void load() {
    Map<String, SecretKey> found = new LinkedHashMap<>();
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
          String[] words = line.split(" ");
          if (words.length != 2) {
            throw new KeyUnavailableException("the keystore is damaged: " + file);
          }
          found.put(words[0], new SecretKeySpec(Base64.getDecoder().decode(words[1]), "AES"));
        }
      }
    } catch (IOException e) {
      throw new KeyUnavailableException("the keystore cannot be read: " + file, e);
    }
    keys = found;
  }

  private static byte[] bytes(String context) {
    return context.getBytes(StandardCharsets.UTF_8);
  }
}
