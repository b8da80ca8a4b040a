package dev.vigil.server.observation.search;

import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import java.time.Instant;
import java.util.List;

/**
 * Whether one version of an Observation meets a criterion, decided from what searches find in it:
 * the same answers as the store gives for what is current.
 *
 * @param entries what the extractor finds in it
 * @param links what it refers to
 */
record VersionMatch(
    ObservationKey key, Instant updatedAt, List<IndexEntry> entries, List<ObservationLink> links) {

  /** Numbers in base units were computed: they differ in the last digits. */
  private static final double COMPUTED = 1e-9;

  boolean meets(Criterion criterion) {
    if (criterion instanceof Criterion.All all) {
      return all.criteria().stream().allMatch(this::meets);
    } else if (criterion instanceof Criterion.Any any) {
      return any.criteria().stream().anyMatch(this::meets);
    } else if (criterion instanceof Criterion.Not not) {
      return !meets(not.criterion());
    } else if (criterion instanceof Criterion.OnEntry on) {
      return entries.stream().anyMatch(entry -> meets(entry, on));
    } else if (criterion instanceof Criterion.SameElement same) {
      return entries.stream()
          .map(IndexEntry::element)
          .distinct()
          .anyMatch(element -> same.parts().stream().allMatch(part -> meetsOn(element, part)));
    } else if (criterion instanceof Criterion.Link link) {
      return links.stream().anyMatch(one -> meets(one, link));
    } else if (criterion instanceof Criterion.KeyIn keys) {
      return keys.keys().contains(key);
    } else if (criterion instanceof Criterion.Updated updated) {
      return (updated.from() == null || !updatedAt.isBefore(updated.from()))
          && (updated.to() == null || !updatedAt.isAfter(updated.to()));
    }
    throw new IllegalStateException("unknown criterion");
  }

  private boolean meetsOn(int element, Criterion.OnEntry part) {
    return entries.stream().anyMatch(entry -> entry.element() == element && meets(entry, part));
  }

  private static boolean meets(ObservationLink link, Criterion.Link wanted) {
    if (!wanted.paths().contains(link.path())
        || wanted.targetType() != null && !wanted.targetType().equals(link.targetType())) {
      return false;
    }
    boolean any = wanted.targetPids() == null && wanted.urls().isEmpty();
    return any
        || wanted.targetPids() != null
            && link.targetPid() != null
            && wanted.targetPids().contains(link.targetPid())
        || link.url() != null && wanted.urls().contains(link.url());
  }

  private static boolean meets(IndexEntry entry, Criterion.OnEntry on) {
    if (!entry.param().equals(on.param())) {
      return false;
    }
    if (on instanceof Criterion.Present) {
      return true;
    } else if (on instanceof Criterion.Token wanted && entry instanceof IndexEntry.Token token) {
      return (wanted.system() == null || wanted.system().equals(token.system()))
          && (wanted.codes() == null || wanted.codes().contains(token.code()));
    } else if (on instanceof Criterion.Text wanted && entry instanceof IndexEntry.Text text) {
      return switch (wanted.mode()) {
        case EXACT -> text.exact().equals(wanted.value());
        case NORMALIZED -> text.normalized().equals(wanted.value());
        case STARTS -> text.normalized().startsWith(wanted.value());
        case CONTAINS -> text.normalized().contains(wanted.value());
        case ENDS -> text.normalized().endsWith(wanted.value());
      };
    } else if (on instanceof Criterion.Number wanted && entry instanceof IndexEntry.Number number) {
      return within(number.value(), wanted.range(), 0);
    } else if (on instanceof Criterion.Quantity wanted
        && entry instanceof IndexEntry.Quantity quantity) {
      return wanted.canonical() == quantity.canonical()
          && (wanted.system() == null || wanted.system().equals(quantity.system()))
          && (wanted.unit() == null || wanted.unit().equals(quantity.unit()))
          && within(quantity.value(), wanted.range(), wanted.canonical() ? COMPUTED : 0);
    } else if (on instanceof Criterion.Date wanted && entry instanceof IndexEntry.Date date) {
      return wanted.bounds().stream().allMatch(bound -> meets(date, bound));
    } else if (on instanceof Criterion.Uri wanted && entry instanceof IndexEntry.Uri uri) {
      return wanted.prefix()
          ? uri.uri().startsWith(wanted.value())
          : uri.uri().equals(wanted.value());
    }
    return false;
  }

  /**
   * Whether a number lies in a range.
   *
   * @param share of an end by which an end that belongs to the range lies farther out, and another
   *     farther in
   */
  private static boolean within(double value, Criterion.Range range, double share) {
    if (range.low() != null) {
      double low = range.low() + (range.lowIncluded() ? -1 : 1) * Math.abs(range.low()) * share;
      if (range.lowIncluded() ? value < low : value <= low) {
        return false;
      }
    }
    if (range.high() == null) {
      return true;
    }
    double high = range.high() + (range.highIncluded() ? 1 : -1) * Math.abs(range.high()) * share;
    return range.highIncluded() ? value <= high : value < high;
  }

  private static boolean meets(IndexEntry.Date date, Criterion.DateBound bound) {
    boolean low = bound.edge() == Criterion.DateBound.Edge.LOW;
    Instant end = low ? date.low() : date.high();
    Instant stored = end == null ? low ? Instant.MIN : Instant.MAX : end;
    int order = stored.compareTo(bound.moment());
    return switch (bound.comparison()) {
      case LT -> order < 0;
      case LE -> order <= 0;
      case GT -> order > 0;
      case GE -> order >= 0;
    };
  }
}
