package dev.vigil.subscriptions.rule;

import dev.vigil.core.Code;
import dev.vigil.core.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What one sample has to be. */
public sealed interface Criterion {

  /**
   * Several at once, for example inside a range.
   *
   * @param parts at least two
   */
  record All(List<Criterion> parts) implements Criterion {

    /** Copies the parts. */
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** The parts of an {@link All}, or itself. */
  default List<Criterion> parts() {
    return List.of(this);
  }

  /**
   * A number on one side of a limit.
   *
   * @param comparator which side
   * @param limits one for each unit that has its own constant; a sample in another unit is
   *     converted to the first limit of its dimension; not empty
   */
  record Limit(Comparator comparator, List<Quantity> limits) implements Criterion {

    /** Copies the limits. */
    public Limit {
      Objects.requireNonNull(comparator, "comparator");
      limits = List.copyOf(limits);
    }
  }

  /**
   * A code of a list.
   *
   * @param codes not empty
   */
  record Coded(Set<Code> codes) implements Criterion {

    /** Copies the codes. */
    public Coded {
      codes = Set.copyOf(codes);
    }
  }

  /**
   * A change against the median of the same signal's valid samples in the days before the sample,
   * the sample itself excluded: larger than a share and larger than an amount, both. A sample with
   * too few samples before it has not changed: it meets the opposite only.
   *
   * @param over how far back the median reaches
   * @param percent of the median, exclusive
   * @param amount exclusive
   * @param minimumSamples fewer before it give no median
   * @param opposite true asks that the change is not as large as that
   */
  record Change(
      Duration over, BigDecimal percent, Quantity amount, int minimumSamples, boolean opposite)
      implements Criterion {

    /** Refuses null. */
    public Change {
      Objects.requireNonNull(over, "over");
      Objects.requireNonNull(percent, "percent");
      Objects.requireNonNull(amount, "amount");
    }
  }
}
