package dev.vigil.server.bulk;

import dev.vigil.server.database.DatabaseProperties;
import dev.vigil.telemetry.key.DataKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The files of jobs: a folder for each, which only the account Vigil runs under can read. What is
 * in them is sealed, see {@link SealedLines}.
 */
@Component
class BulkFolder {

  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;

  BulkFolder(DatabaseProperties database) {
    this.root = database.data().resolve("bulk");
  }

  /** A new file; one of that number that was not finished goes. */
  SealedLines.Writer create(BulkJob job, int number, DataKey key) throws IOException {
    Path folder = root.resolve(job.id().toString());
    Files.createDirectories(folder, OWNER_ONLY_FOLDER);
    Path file = file(job, number);
    Files.deleteIfExists(file);
    return SealedLines.write(file, key, context(job, number));
  }

  /** A finished file. */
  SealedLines.Reader open(BulkJob job, int number, DataKey key) throws IOException {
    return SealedLines.read(file(job, number), key, context(job, number));
  }

  private Path file(BulkJob job, int number) {
    return root.resolve(job.id().toString()).resolve(number + ".sealed");
  }

  private static String context(BulkJob job, int number) {
    return "bulk file " + job.tenant() + " " + job.id() + " " + number;
  }

  /** Removes all files of a job. */
  void remove(UUID job) throws IOException {
    Path folder = root.resolve(job.toString());
    if (Files.isDirectory(folder)) {
      try (Stream<Path> inside = Files.walk(folder)) {
        for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  /** The jobs that have a folder. */
  List<UUID> jobs() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(root)) {
      return folders.map(folder -> UUID.fromString(folder.getFileName().toString())).toList();
    }
  }
}
