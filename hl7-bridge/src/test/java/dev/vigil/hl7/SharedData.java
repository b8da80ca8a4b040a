package dev.vigil.hl7;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Input that others wrote, beside the repository; tests that need it are skipped without it. */
public final class SharedData {

  private SharedData() {}

  /** A file's bytes. */
  public static byte[] bytes(String path) {
    try {
      return Files.readAllBytes(find(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of a folder whose names end so. */
  public static List<Path> files(String folder, String end) {
    try (Stream<Path> files = Files.list(find(folder))) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path find(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path file = at.resolve("shared/data").resolve(path);
      if (Files.exists(file)) {
        return file;
      }
    }
    Assumptions.assumeTrue(false, "shared/data is missing");
    throw new IllegalStateException("not reached");
  }
}
