package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextEntriesTest {

  private static final String MESSAGE =
      """
      {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:x","code":"m"}]},\
      "subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-01-02T03:04:05Z",\
      "valueString":"%s"}""";

  private final TestExtractor extractor = new TestExtractor();
  private final TextsOfShapes texts = new TextsOfShapes(extractor);

  private static Split split(String text) {
    return Split.of(MESSAGE.formatted(text));
  }

  private Shape shape(Split split, String json) {
    return Shape.of(1, split.template(), ShapeIndex.learn(split, json, extractor));
  }

  @Test
  void aTextOfTriedCharactersIsToldWithoutTheExtractor() {
    Shape shape = shape(split("low battery"), MESSAGE.formatted("low battery"));
    KnownShape known = new KnownShape(null, shape, extractor, texts);
    known.entries(split("low battery").leaves());
    int asked = extractor.asked;

    assertThat(known.entries(split("Self-test 17 passed").leaves()))
        .containsExactly(
            new IndexEntry.Text("value-string", 0, "SELF-TEST 17 PASSED", "Self-test 17 passed"));
    assertThat(extractor.asked).isEqualTo(asked);
  }

  @Test
  void anyOtherTextIsExtracted() {
    Shape shape = shape(split("low battery"), MESSAGE.formatted("low battery"));
    KnownShape known = new KnownShape(null, shape, extractor, texts);
    known.entries(split("low battery").leaves());

    for (String text :
        List.of("\u00dcber 5", "a  b", " a", "a\\\\b", "a \\\"b\\\"", "x".repeat(101))) {
      int asked = extractor.asked;
      String json = MESSAGE.formatted(text);
      assertThat(known.entries(Split.of(json).leaves()))
          .containsExactlyInAnyOrderElementsOf(shape.index().own(extractor.entries(json)))
          .hasSize(1);
      assertThat(extractor.asked).as(text).isEqualTo(asked + 2);
    }
  }

  @Test
  void whatAnExtractorMakesOtherwiseOfTextsIsNotLearned() {
    IndexExtractor other =
        json -> {
          List<IndexEntry> entries = new java.util.ArrayList<>(extractor.entries(json));
          entries.replaceAll(
              entry ->
                  entry instanceof IndexEntry.Text text
                      ? new IndexEntry.Text(
                          text.param(), 0, text.normalized().replace('-', ' '), text.exact())
                      : entry);
          return entries;
        };
    Split split = split("low battery");
    Shape shape =
        Shape.of(
            1, split.template(), ShapeIndex.learn(split, MESSAGE.formatted("low battery"), other));

    assertThat(TextEntries.learn(shape, split.leaves(), other)).isNull();
    assertThat(TextEntries.learn(shape, split.leaves(), extractor)).isNotNull();
  }
}
