package dev.vigil.telemetry.observation;

import ca.uhn.fhir.parser.DataFormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What searches find in every Observation of a shape, and which leaves its rows keep in columns for
 * that.
 *
 * @param entries what they find
 * @param slots the leaves whose numbers the rows keep
 * @param identifierLeaf the leaf whose hash the rows keep; null for none
 * @param covered whether that is all: if not, each Observation has to be asked
 */
record ShapeIndex(
    List<Shared> entries, List<Integer> slots, Integer identifierLeaf, boolean covered) {

  /** The search parameter that the columns of the effective time answer. */
  static final String DATE = "date";

  /** The search parameter that the column of the identifier answers. */
  static final String IDENTIFIER = "identifier";

  private static final int VARIANTS = 3;
  private static final double CLOSE = 1e-9;

  /** Nothing is known of a shape: each of its Observations tells for itself. */
  static final ShapeIndex OPAQUE = new ShapeIndex(List.of(), List.of(), null, false);

  /** The entries that neither the shape nor the row of an Observation tells. */
  List<IndexEntry> own(List<IndexEntry> all) {
    List<IndexEntry> own = new ArrayList<>();
    for (IndexEntry entry : new HashSet<>(all)) {
      boolean date = entry instanceof IndexEntry.Date && entry.param().equals(DATE);
      if (!date && entries.stream().noneMatch(shared -> shared.covers(entry))) {
        own.add(entry);
      }
    }
    return own;
  }

  /** Whether the identifier whose hash the rows keep is one of this system. */
  boolean identifies(String system) {
    return entries.stream()
        .anyMatch(
            shared ->
                shared.source() == Shared.Source.IDENTIFIER
                    && ((IndexEntry.Token) shared.entry()).system().equals(system));
  }

  /** Learns a shape from one of its Observations and some invented ones. */
  static ShapeIndex learn(Split split, String json, IndexExtractor extractor) {
    boolean containing =
        split.leaves().stream().anyMatch(leaf -> leaf.property().equals("contained"));
    if (split.whole() || containing) {
      return OPAQUE; // What stands in the one leaf could not be told from the rest.
    }
    List<Sample> samples = new ArrayList<>();
    samples.add(new Sample(split.leaves(), entries(extractor, json)));
    try {
      for (int i = 1; i <= VARIANTS; i++) {
        ShapeVariant variant = ShapeVariant.of(split, i);
        samples.add(new Sample(variant.leaves(), entries(extractor, variant.json())));
      }
    } catch (DataFormatException | IllegalArgumentException e) {
      return OPAQUE; // A leaf must be one of a few words, which an invented one is not.
    }
    return new Learning(samples).run();
  }

  private static Set<IndexEntry> entries(IndexExtractor extractor, String json) {
    return new HashSet<>(extractor.entries(json));
  }

  private record Sample(List<Leaf> leaves, Set<IndexEntry> entries) {}

  private static final class Learning {

    private final List<Sample> samples;
    private final List<Shared> found = new ArrayList<>();
    private final List<Integer> slots = new ArrayList<>();
    private Integer identifierLeaf;

    Learning(List<Sample> samples) {
      this.samples = samples;
    }

    ShapeIndex run() {
      for (IndexEntry entry : samples.get(0).entries()) {
        if (samples.stream().allMatch(sample -> sample.entries().contains(entry))) {
          found.add(Shared.of(Shared.Source.SAME, entry));
        } else if (entry instanceof IndexEntry.Date date) {
          learnDate(date);
        } else if (entry instanceof IndexEntry.Token token) {
          learnIdentifier(token);
        } else {
          learnNumber(entry);
        }
      }
      ShapeIndex index = new ShapeIndex(List.copyOf(found), slots, identifierLeaf, true);
      boolean covered =
          samples.stream().allMatch(sample -> index.own(List.copyOf(sample.entries())).isEmpty());
      return new ShapeIndex(index.entries, List.copyOf(slots), identifierLeaf, covered);
    }

    /** Another parameter on the same time as {@code date}. */
    private void learnDate(IndexEntry.Date date) {
      Shared shared = Shared.of(Shared.Source.EFFECTIVE, date);
      for (Sample sample : samples) {
        IndexEntry.Date here = (IndexEntry.Date) only(sample, shared);
        if (here == null
            || !sample
                .entries()
                .contains(new IndexEntry.Date(DATE, here.element(), here.low(), here.high()))) {
          return;
        }
      }
      found.add(shared);
    }

    private void learnIdentifier(IndexEntry.Token token) {
      Shared shared = Shared.of(Shared.Source.IDENTIFIER, token);
      if (!token.param().equals(IDENTIFIER)) {
        return;
      }
      for (int leaf = 0; leaf < samples.get(0).leaves().size(); leaf++) {
        int position = leaf;
        if (samples.stream()
            .allMatch(
                sample ->
                    only(sample, shared) instanceof IndexEntry.Token its
                        && sample.leaves().get(position).kind() == Leaf.Kind.STRING
                        && sample.leaves().get(position).text().equals(its.code()))) {
          identifierLeaf = leaf;
          found.add(shared);
          return;
        }
      }
    }

    private void learnNumber(IndexEntry entry) {
      Shared shared = Shared.of(Shared.Source.SLOT, entry);
      double[] values = new double[samples.size()];
      for (int i = 0; i < values.length; i++) {
        IndexEntry here = only(samples.get(i), shared);
        if (!(here instanceof IndexEntry.Quantity) && !(here instanceof IndexEntry.Number)) {
          return;
        }
        values[i] = number(here);
      }
      for (int leaf = 0; leaf < samples.get(0).leaves().size(); leaf++) {
        if (samples.get(0).leaves().get(leaf).kind() == Leaf.Kind.NUMBER && fits(leaf, values)) {
          double factor = factor(leaf, values);
          double shift = shift(leaf, values, factor);
          if (!slots.contains(leaf)) {
            slots.add(leaf);
          }
          found.add(new Shared(Shared.Source.SLOT, entry, slots.indexOf(leaf), factor, shift));
          return;
        }
      }
    }

    /** Whether all values lie on one line over the leaf. */
    private boolean fits(int leaf, double[] values) {
      double factor = factor(leaf, values);
      double shift = shift(leaf, values, factor);
      for (int i = 0; i < values.length; i++) {
        double expected = leaf(i, leaf) * factor + shift;
        double scale = Math.abs(values[i]) + Math.abs(shift);
        if (!(Math.abs(values[i] - expected) <= CLOSE * scale)) {
          return false;
        }
      }
      return factor != 0;
    }

    /**
     * Of most units a value is a multiple; what is left to add then comes from rounding alone, and
     * weighs more the smaller the value.
     */
    private boolean isMultiple(int leaf, double[] values) {
      double factor = values[1] / leaf(1, leaf);
      for (int i = 0; i < values.length; i++) {
        if (!(Math.abs(values[i] - leaf(i, leaf) * factor) <= CLOSE * Math.abs(values[i]))) {
          return false;
        }
      }
      return true;
    }

    private double factor(int leaf, double[] values) {
      if (isMultiple(leaf, values)) {
        double factor = values[1] / leaf(1, leaf);
        return Math.abs(factor - 1) <= CLOSE ? 1 : factor;
      }
      double factor = (values[2] - values[1]) / (leaf(2, leaf) - leaf(1, leaf));
      return Math.abs(factor - 1) <= CLOSE ? 1 : factor;
    }

    private double shift(int leaf, double[] values, double factor) {
      if (isMultiple(leaf, values)) {
        return 0;
      }
      double shift = values[1] - factor * leaf(1, leaf);
      return Math.abs(shift) <= CLOSE * Math.abs(values[1]) ? 0 : shift;
    }

    private double leaf(int sample, int leaf) {
      return Double.parseDouble(samples.get(sample).leaves().get(leaf).raw());
    }

    private static double number(IndexEntry entry) {
      return entry instanceof IndexEntry.Quantity quantity
          ? quantity.value()
          : ((IndexEntry.Number) entry).value();
    }

    /** The one entry of a sample that this would cover; null if there are none or several. */
    private static IndexEntry only(Sample sample, Shared shared) {
      List<IndexEntry> covered = sample.entries().stream().filter(shared::covers).toList();
      return covered.size() == 1 ? covered.get(0) : null;
    }
  }
}
