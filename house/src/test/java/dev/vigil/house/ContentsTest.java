package dev.vigil.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no file of the repository may hold. */
class ContentsTest {

  /**
   * Hosts of package registries. Builds take their registry from the machine's settings, so that a
   * hospital's mirror works; the names are put together here since this file is checked as well.
   */
  private static final List<String> REGISTRIES =
      Stream.of(
              List.of("repo", "maven", "apache", "org"),
              List.of("repo1", "maven", "org"),
              List.of("central", "sonatype", "com"),
              List.of("registry", "npmjs", "org"),
              List.of("pypi", "org"),
              List.of("deb", "debian", "org"),
              List.of("ghcr", "io"),
              List.of("quay", "io"),
              List.of("docker", "io"),
              List.of("docker", "elastic", "co"))
          .map(parts -> String.join(".", parts))
          .toList();

  private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

  @Test
  void noFileNamesAPackageRegistry() {
    assertThat(filesThatMatch(text -> REGISTRIES.stream().anyMatch(text::contains))).isEmpty();
  }

  @Test
  void noFileHoldsAPrivateKey() {
    assertThat(filesThatMatch(text -> PRIVATE_KEY.matcher(text).find())).isEmpty();
  }

  @Test
  void theLicenceIsWhole() {
    assertThat(Repository.read(Repository.root().resolve("LICENSE")))
        .contains("Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS");
  }

  @Test
  void theNoticeNamesTheOwnersOfTheCodes() {
    assertThat(Repository.read(Repository.root().resolve("NOTICE")))
        .contains("LOINC", "UCUM", "IEEE", "HL7");
  }

  private static List<Path> filesThatMatch(java.util.function.Predicate<String> forbidden) {
    return Repository.files().stream().filter(file -> forbidden.test(text(file))).toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
