package dev.vigil.subscriptions.rule;

import dev.vigil.core.Code;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.terminology.ucum.Ucum;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The valid samples of one signal seen through one criterion, in event order. A sample that the
 * criterion cannot judge (another unit dimension, a code instead of a number, no median yet) counts
 * as absent.
 */
final class Series {

  private final List<Reading> samples;
  private final boolean[] meets;

  private Series(List<Reading> samples, boolean[] meets) {
    this.samples = samples;
    this.meets = meets;
  }

  /**
   * Judges each sample once.
   *
   * @param signal valid samples of one metric, in event order
   */
  static Series of(List<Reading> signal, Criterion criterion, Ucum ucum) {
    List<Reading> kept = new ArrayList<>(signal.size());
    boolean[] meets = new boolean[signal.size()];
    for (int i = 0; i < signal.size(); i++) {
      Boolean verdict = judge(signal, i, criterion, ucum);
      if (verdict != null) {
        meets[kept.size()] = verdict;
        kept.add(signal.get(i));
      }
    }
    return new Series(kept, meets);
  }

  Reading sample(int index) {
    return samples.get(index);
  }

  Instant time(int index) {
    return samples.get(index).measuredAt();
  }

  boolean meets(int index) {
    return meets[index];
  }

  List<Reading> span(int first, int last) {
    return samples.subList(first, last + 1);
  }

  /** Adds the moments from one on at which a sample meets the criterion. */
  void addMet(Instant from, Set<Instant> moments) {
    for (int i = samples.size() - 1; i >= 0 && !time(i).isBefore(from); i--) {
      if (meets[i]) {
        moments.add(time(i));
      }
    }
  }

  /** The newest sample at or before a moment, -1 if there is none. */
  int newestAt(Instant moment) {
    int low = 0;
    int high = samples.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (time(middle).isAfter(moment)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  /**
   * Whether a sample meets a criterion or might, whatever other samples there are. What is said of
   * a {@link Criterion.Change} holds for every sample.
   */
  static boolean mayMeet(Reading sample, Criterion criterion, Ucum ucum) {
    for (Criterion part : criterion.parts()) {
      boolean open = part instanceof Criterion.Change;
      if (!open && !Boolean.TRUE.equals(judge(List.of(sample), 0, part, ucum))) {
        return false;
      }
    }
    return true;
  }

  /** Null if the criterion cannot judge the sample. */
  private static Boolean judge(List<Reading> signal, int index, Criterion criterion, Ucum ucum) {
    if (criterion instanceof Criterion.All all) {
      boolean met = true;
      for (Criterion part : all.parts()) {
        Boolean verdict = judge(signal, index, part, ucum);
        if (verdict == null) {
          return null;
        }
        met &= verdict;
      }
      return met;
    }
    Reading sample = signal.get(index);
    if (criterion instanceof Criterion.Coded coded) {
      return sample.value() instanceof Code code ? coded.codes().contains(code) : null;
    }
    if (!(sample.value() instanceof Quantity quantity)) {
      return null;
    }
    if (criterion instanceof Criterion.Limit limit) {
      Integer order = compare(quantity, limit.limits(), ucum);
      return order == null ? null : limit.comparator().accepts(order);
    }
    return changed(signal, index, quantity, (Criterion.Change) criterion, ucum);
  }

  /** Sign of value minus limit; null if no limit is of the value's dimension. */
  private static Integer compare(Quantity value, List<Quantity> limits, Ucum ucum) {
    for (Quantity limit : limits) {
      if (limit.unit().equals(value.unit())) {
        return value.value().compareTo(limit.value());
      }
    }
    for (Quantity limit : limits) {
      BigDecimal converted = in(limit.unit(), value, ucum);
      if (converted != null) {
        return converted.compareTo(limit.value());
      }
    }
    return null;
  }

  private static BigDecimal in(String unit, Quantity value, Ucum ucum) {
    if (unit.equals(value.unit())) {
      return value.value();
    }
    return ucum.commensurable(value.unit(), unit)
        ? ucum.convert(value.value(), value.unit(), unit)
        : null;
  }

  private static Boolean changed(
      List<Reading> signal, int index, Quantity value, Criterion.Change change, Ucum ucum) {
    String unit = change.amount().unit();
    BigDecimal now = in(unit, value, ucum);
    if (now == null) {
      return null;
    }
    Instant moment = signal.get(index).measuredAt();
    Instant from = moment.minus(change.over());
    List<BigDecimal> before = new ArrayList<>();
    for (int i = index - 1; i >= 0 && !signal.get(i).measuredAt().isBefore(from); i--) {
      if (signal.get(i).measuredAt().isBefore(moment)
          && signal.get(i).value() instanceof Quantity earlier) {
        BigDecimal converted = in(unit, earlier, ucum);
        if (converted != null) {
          before.add(converted);
        }
      }
    }
    if (before.size() < change.minimumSamples()) {
      // Without a median nothing has changed: else an episode of a seldom read device never ends.
      return change.opposite() ? Boolean.TRUE : null;
    }
    BigDecimal median = median(before);
    BigDecimal difference = now.subtract(median).abs();
    boolean large =
        difference.compareTo(change.amount().value()) > 0
            && difference.movePointRight(2).compareTo(change.percent().multiply(median.abs())) > 0;
    return large != change.opposite();
  }

  private static BigDecimal median(List<BigDecimal> values) {
    List<BigDecimal> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    if (sorted.size() % 2 == 1) {
      return sorted.get(middle);
    }
    BigDecimal sum = sorted.get(middle - 1).add(sorted.get(middle));
    return sum.divide(BigDecimal.valueOf(2), sum.scale() + 1, RoundingMode.UNNECESSARY);
  }

  /** How long after the sample a moment is. */
  Duration age(int index, Instant moment) {
    return Duration.between(time(index), moment);
  }
}
