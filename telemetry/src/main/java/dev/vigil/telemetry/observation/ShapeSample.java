package dev.vigil.telemetry.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** An Observation that stands for all of its shape, to find out which leaves mean what. */
public final class ShapeSample {

  /** Beyond any number of leaves, and fit for every element that takes a number. */
  private static final int FIRST_NUMBER = 1_000_000;

  private final Split split;

  private ShapeSample(Split split) {
    this.split = split;
  }

  /**
   * Takes an Observation apart.
   *
   * @param json as it was written
   */
  public static ShapeSample of(String json) {
    return new ShapeSample(Split.of(json));
  }

  /** Whether its shape says nothing: Observations that have nothing in common are of that shape. */
  public boolean whole() {
    return split.whole();
  }

  /** The same Observation, but each number tells which leaf it is: see {@link #leafOf}. */
  public String numbered() {
    List<String> leaves = new ArrayList<>();
    for (Leaf leaf : split.leaves()) {
      leaves.add(
          leaf.kind() == Leaf.Kind.NUMBER
              ? String.valueOf(FIRST_NUMBER + leaves.size())
              : leaf.raw());
    }
    return Split.join(split.template(), leaves);
  }

  /** Which leaf a number of {@link #numbered} is; empty if none. */
  public OptionalInt leafOf(long number) {
    long leaf = number - FIRST_NUMBER;
    return leaf >= 0
            && leaf < split.leaves().size()
            && split.leaves().get((int) leaf).kind() == Leaf.Kind.NUMBER
        ? OptionalInt.of((int) leaf)
        : OptionalInt.empty();
  }
}
