package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonitoringPackageTest {

  private static final Path CLASSES = classes();

  @Test
  void listsEveryResourceOfThePackage() throws IOException {
    assertThat(paths()).isEqualTo(files());
  }

  @Test
  void readsFromAJarWithNothingElseOnTheClasspath(@TempDir Path folder) throws Exception {
    Path jar = folder.resolve("ig.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(CLASSES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(CLASSES.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
      }
    }
    URL[] jars = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
      Method conformance =
          loader.loadClass(MonitoringPackage.class.getName()).getMethod("conformance");
      List<?> entries = (List<?>) conformance.invoke(null);
      assertThat(entries).hasSameSizeAs(MonitoringPackage.conformance());
      Object first = entries.get(0);
      assertThat(first.getClass().getMethod("json").invoke(first))
          .isEqualTo(MonitoringPackage.conformance().get(0).json());
    }
  }

  @Test
  void isAnNpmPackageOfR4WithAnIndexThatHapiTakes() throws IOException {
    NpmPackage npm = NpmPackage.fromFolder(CLASSES.toString());
    assertThat(npm.name()).isEqualTo(MonitoringPackage.NAME);
    assertThat(npm.fhirVersion()).isEqualTo("4.0.1");
    assertThat(npm.isIndexed()).isTrue();
    assertThat(npm.getFolders().get("package").getTypes().get("StructureDefinition"))
        .contains("StructureDefinition-alert.json");
  }

  private static Set<String> paths() {
    return PackageContent.all().map(MonitoringPackage.Entry::path).collect(Collectors.toSet());
  }

  private static Set<String> files() throws IOException {
    Path root = CLASSES.resolve("package");
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.contains("-") && name.endsWith(".json"))
          .collect(Collectors.toSet());
    }
  }

  private static Path classes() {
    try {
      return Path.of(
          MonitoringPackage.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
