package dev.vigil.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The working copy: where it lies and which files in it are ours. */
final class Repository {

  private static final Set<String> NOT_OURS =
      Set.of(".git", ".idea", ".vscode", "target", "data", "node_modules");

  private Repository() {}

  /** The folder that holds the {@code vigil} script. */
  static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("vigil"))
          && Files.isDirectory(folder.resolve("core"))) {
        return folder;
      }
    }
    throw new IllegalStateException("not inside a working copy of Vigil");
  }

  /** All files people wrote, build output and data left out, in the order of their paths. */
  static List<Path> files() {
    return walk(root());
  }

  /** Files with one of these endings. */
  static List<Path> filesEndingWith(String... endings) {
    return files().stream()
        .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
        .toList();
  }

  /** Folders of the Maven modules that hold main sources. */
  static List<Path> modulesWithSources() {
    try (Stream<Path> folders = Files.list(root())) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve("pom.xml")))
          .filter(folder -> Files.isDirectory(folder.resolve("src/main/java")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> walk(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .sorted()
          .flatMap(
              entry -> {
                if (NOT_OURS.contains(entry.getFileName().toString())) {
                  return Stream.empty();
                }
                return Files.isDirectory(entry) ? walk(entry).stream() : Stream.of(entry);
              })
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
