package dev.vigil.subscriptions.rule;

import dev.vigil.core.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Whether a persistence holds at a moment, and by which samples. */
final class ConditionCheck {

  /** Share of the expected samples that have to be there, in percent: alert-rules, section 1. */
  private static final int COVERAGE_PERCENT = 80;

  private ConditionCheck() {}

  /**
   * The samples that show that the condition holds.
   *
   * @param interval sampling interval of the newest sample's device
   * @return oldest first; empty if it does not hold
   */
  static List<Reading> holds(
      Condition condition, Series series, Instant moment, Duration interval) {
    int newest = series.newestAt(moment);
    if (newest < 0 || !series.meets(newest)) {
      return List.of();
    }
    Duration age = series.age(newest, moment);
    if (condition.within() != null && age.compareTo(condition.within()) > 0) {
      return List.of();
    }
    int first;
    if (condition.persistence() instanceof Persistence.Sustained sustained) {
      boolean tooOld = age.compareTo(interval.multipliedBy(2)) > 0;
      first = tooOld ? -1 : sustainedFrom(series, newest, sustained.duration(), interval);
    } else if (condition.persistence() instanceof Persistence.Repeated repeated) {
      first = repeatedFrom(series, newest, repeated, repeated.count());
    } else {
      first = newest;
    }
    return first < 0 ? List.of() : series.span(first, newest);
  }

  /**
   * Index of the sample at or before the window's start from which on every sample meets the
   * criterion; -1 if there is none, if a gap is longer than twice the interval, or if less than 80
   * % of the expected samples are there.
   */
  private static int sustainedFrom(
      Series series, int newest, Duration duration, Duration interval) {
    Instant start = series.time(newest).minus(duration);
    Duration longestGap = interval.multipliedBy(2);
    int moments = 0;
    int index = newest;
    while (series.time(index).isAfter(start)) {
      if (index == 0 || !series.meets(index - 1)) {
        return -1;
      }
      Duration gap = series.age(index - 1, series.time(index));
      if (gap.compareTo(longestGap) > 0) {
        return -1;
      }
      if (!gap.isZero()) {
        moments++;
      }
      index--;
    }
    boolean dense = 100L * moments * interval.toMillis() >= COVERAGE_PERCENT * duration.toMillis();
    return dense ? index : -1;
  }

  private static int repeatedFrom(
      Series series, int last, Persistence.Repeated repeated, int missing) {
    if (missing == 1) {
      return last;
    }
    for (int i = last - 1; i >= 0 && series.meets(i); i--) {
      Duration spacing = series.age(i, series.time(last));
      if (spacing.compareTo(repeated.atMost()) > 0) {
        return -1;
      }
      if (spacing.compareTo(repeated.atLeast()) >= 0) {
        int first = repeatedFrom(series, i, repeated, missing - 1);
        if (first >= 0) {
          return first;
        }
      }
    }
    return -1;
  }
}
