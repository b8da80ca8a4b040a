package dev.vigil.subscriptions.rule;

import java.time.Duration;
import java.util.Objects;

/** How long, or how often, samples have to meet a criterion. */
public sealed interface Persistence {

  /** The newest sample is enough. */
  record Once() implements Persistence {}

  /**
   * Every valid sample for a time, dense enough and without a long gap.
   *
   * @param duration from the first sample that meets the criterion to the newest
   */
  record Sustained(Duration duration) implements Persistence {

    /** Refuses null. */
    public Sustained {
      Objects.requireNonNull(duration, "duration");
    }
  }

  /**
   * Several samples in a row, spaced, with none in between that does not meet the criterion.
   *
   * @param count at least 2
   * @param atLeast between two that count, inclusive
   * @param atMost between two that count, inclusive
   */
  record Repeated(int count, Duration atLeast, Duration atMost) implements Persistence {

    /** Refuses null. */
    public Repeated {
      Objects.requireNonNull(atLeast, "atLeast");
      Objects.requireNonNull(atMost, "atMost");
    }
  }
}
