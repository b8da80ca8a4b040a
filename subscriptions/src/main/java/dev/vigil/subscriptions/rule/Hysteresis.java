package dev.vigil.subscriptions.rule;

import dev.vigil.core.Quantity;
import java.util.Collections;
import java.util.List;

/** Refuses a rule of which one sample could raise and clear. */
final class Hysteresis {

  private Hysteresis() {}

  static void check(
      List<Clause> raises, List<Clause> clears, String path, RuleCompiler.Findings findings) {
    for (Clause raise : raises) {
      for (Condition up : raise.conditions()) {
        for (Clause clear : clears) {
          for (Condition down : clear.conditions()) {
            if (!Collections.disjoint(up.metrics(), down.metrics()) && overlap(up, down)) {
              findings.add(path, "a value must not meet a limit and its clearing limit");
            }
          }
        }
      }
    }
  }

  private static boolean overlap(Condition up, Condition down) {
    for (Criterion raise : up.criterion().parts()) {
      for (Criterion clear : down.criterion().parts()) {
        if (raise instanceof Criterion.Limit raising
            && clear instanceof Criterion.Limit clearing
            && overlap(raising, clearing)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean overlap(Criterion.Limit raising, Criterion.Limit clearing) {
    boolean raisesBelow = below(raising.comparator());
    if (raisesBelow == below(clearing.comparator())) {
      return false;
    }
    for (Quantity limit : raising.limits()) {
      for (Quantity other : clearing.limits()) {
        if (!limit.unit().equals(other.unit())) {
          continue;
        }
        int room = other.value().compareTo(limit.value()) * (raisesBelow ? 1 : -1);
        boolean touching = inclusive(raising.comparator()) && inclusive(clearing.comparator());
        if (room < 0 || (room == 0 && touching)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean below(Comparator comparator) {
    return comparator == Comparator.LESS || comparator == Comparator.LESS_OR_EQUAL;
  }

  private static boolean inclusive(Comparator comparator) {
    return comparator == Comparator.LESS_OR_EQUAL || comparator == Comparator.GREATER_OR_EQUAL;
  }
}
