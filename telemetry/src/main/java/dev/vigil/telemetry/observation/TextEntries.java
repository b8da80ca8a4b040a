package dev.vigil.telemetry.observation;

import ca.uhn.fhir.parser.DataFormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What searches find in the texts of a shape, told without the extractor. Learned by comparing with
 * the extractor what it finds in invented texts; only texts of the characters that were tried are
 * told so.
 *
 * @param texts which texts are found
 */
record TextEntries(List<Text> texts) {

  /**
   * A text that is found as it stands, and in capitals.
   *
   * @param leaf which it is
   * @param param the search parameter that finds it
   * @param element as {@link IndexEntry#element()}
   */
  record Text(int leaf, String param, int element) {

    IndexEntry entry(String text) {
      return new IndexEntry.Text(param, element, text.toUpperCase(Locale.ROOT), text);
    }
  }

  private static final int VARIANTS = 3;

  /** Extractors may cut longer ones. */
  private static final int LONGEST = 100;

  /** Characters that JSON, HTML or queries know, and letters of other alphabets, are not tried. */
  private static final String PLAIN =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#%()*+,-./:;=?@[]_{}";

  private static final String[] BEGINNINGS = {
    PLAIN,
    new StringBuilder(PLAIN).reverse().toString(),
    "self-test 17 passed (2.5 %), Next: 2026-01-02T03:04:05Z"
  };

  /** Null if these leaves leave open what holds for all of the shape. */
  static TextEntries learn(Shape shape, List<Leaf> leaves, IndexExtractor extractor) {
    try {
      return compared(shape, leaves, extractor);
    } catch (DataFormatException | IllegalArgumentException e) {
      return null; // A leaf must be one of a few words, which an invented one is not.
    }
  }

  private static TextEntries compared(Shape shape, List<Leaf> leaves, IndexExtractor extractor) {
    List<Text> texts = new ArrayList<>();
    for (IndexEntry entry : extracted(shape, leaves, extractor)) {
      Text text = entry instanceof IndexEntry.Text found ? text(found, leaves) : null;
      if (text == null) {
        return null;
      }
      texts.add(text);
    }
    TextEntries learned = new TextEntries(List.copyOf(texts));
    Split split = new Split(shape.template(), leaves);
    for (int variant = 0; variant < VARIANTS; variant++) {
      List<Leaf> invented = new ArrayList<>(ShapeVariant.of(split, variant + 1).leaves());
      for (Text text : texts) {
        Leaf leaf = leaves.get(text.leaf());
        String raw = (BEGINNINGS[variant] + " " + text.leaf()).strip();
        invented.set(text.leaf(), new Leaf(leaf.kind(), leaf.property(), raw));
      }
      if (!learned.fits(invented)
          || !new HashSet<>(learned.of(invented)).equals(extracted(shape, invented, extractor))) {
        return null;
      }
    }
    return learned;
  }

  private static Set<IndexEntry> extracted(
      Shape shape, List<Leaf> leaves, IndexExtractor extractor) {
    String json = Split.join(shape.template(), leaves.stream().map(Leaf::raw).toList());
    return new HashSet<>(shape.index().own(extractor.entries(json)));
  }

  private static Text text(IndexEntry.Text found, List<Leaf> leaves) {
    Text text = null;
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      if (leaves.get(leaf).kind() == Leaf.Kind.STRING
          && leaves.get(leaf).raw().equals(found.exact())) {
        if (text != null) {
          return null; // Either of two.
        }
        text = new Text(leaf, found.param(), found.element());
      }
    }
    return text;
  }

  /** Whether the texts are of what was tried. */
  boolean fits(List<Leaf> leaves) {
    return texts.stream().allMatch(text -> isPlain(leaves.get(text.leaf()).raw()));
  }

  private static boolean isPlain(String text) {
    boolean word = false;
    for (int i = 0; i < text.length(); i++) {
      boolean space = text.charAt(i) == ' ';
      if (space ? !word : PLAIN.indexOf(text.charAt(i)) < 0) {
        return false;
      }
      word = !space;
    }
    return word && text.length() <= LONGEST;
  }

  /** The entries of an Observation whose texts fit. */
  List<IndexEntry> of(List<Leaf> leaves) {
    return texts.stream()
        .map(text -> text.entry(leaves.get(text.leaf()).raw()))
        .distinct()
        .toList();
  }
}
