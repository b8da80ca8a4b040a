package dev.vigil.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Markdown pages: their links lead somewhere, and the pages people start from say what is so. */
class PagesTest {

  private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*]\\(([^)\\s]+)[^)]*\\)");
  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
  private static final Pattern RECORD = Pattern.compile("\\d{4}-[a-z0-9-]+\\.md");

  static Stream<Path> pages() {
    return Repository.filesEndingWith(".md").stream().map(Repository.root()::relativize);
  }

  static Stream<Path> records() {
    return pages()
        .filter(page -> page.startsWith("docs/adr"))
        .filter(page -> RECORD.matcher(page.getFileName().toString()).matches());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkToAFileLeadsThere(Path page) {
    String text = CODE.matcher(read(page)).replaceAll("");
    List<String> targets =
        LINK.matcher(text).results().map(link -> link.group(1)).filter(PagesTest::local).toList();
    assertThat(targets).allSatisfy(target -> assertLeadsSomewhere(page, target));
  }

  @Test
  void theReadmeShowsTheCommandsToStartWith() {
    assertThat(read(Path.of("README.md")))
        .contains("./vigil demo", "./vigil test", "not a medical device", "Apache-2.0");
  }

  @Test
  void theIndexOfRecordsListsEachOnce() {
    String index = read(Path.of("docs/adr/README.md"));
    assertThat(records()).isNotEmpty();
    assertThat(records().map(page -> page.getFileName().toString()))
        .allSatisfy(name -> assertThat(index.split(Pattern.quote("(" + name + ")"))).hasSize(2));
  }

  @Test
  void recordNumbersRunWithoutGaps() {
    List<String> numbers =
        records().map(page -> page.getFileName().toString().substring(0, 4)).sorted().toList();
    for (int i = 0; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).isEqualTo(String.format(Locale.ROOT, "%04d", i + 1));
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void aRecordHasItsFiveParts(Path page) {
    assertThat(read(page))
        .contains("Status: ", "## Context", "## Options", "## Decision", "## Consequences");
  }

  private static void assertLeadsSomewhere(Path page, String target) {
    String[] parts = target.split("#", 2);
    Path folder = Repository.root().resolve(page).toAbsolutePath().getParent();
    Path file =
        parts[0].isEmpty()
            ? Repository.root().resolve(page)
            : folder.resolve(URLDecoder.decode(parts[0], StandardCharsets.UTF_8)).normalize();
    assertThat(file).as(page + " links to " + target).exists().startsWith(Repository.root());
    if (parts.length == 2 && Files.isRegularFile(file)) {
      assertThat(anchors(file)).as(page + " links to " + target).contains(parts[1]);
    }
  }

  /** Headings as the common Markdown renderers name their anchors. */
  private static List<String> anchors(Path file) {
    return HEADING
        .matcher(Repository.read(file))
        .results()
        .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static boolean local(String target) {
    return !target.matches("[a-z][a-z0-9+.-]*:.*");
  }

  private static String read(Path page) {
    return Repository.read(Repository.root().resolve(page));
  }
}
