package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A condition on an Observation. Those on a parameter hold when one entry of the parameter meets
 * the whole condition; {@link Not} is about the Observation, so {@code Not(Token)} is FHIR's {@code
 * :not}.
 */
public sealed interface Criterion {

  /** All hold; true when empty. */
  record All(List<Criterion> criteria) implements Criterion {
    /** Copies the list. */
    public All {
      criteria = List.copyOf(criteria);
    }

    /** Of the criteria. */
    public static All of(Criterion... criteria) {
      return new All(List.of(criteria));
    }
  }

  /** At least one holds; false when empty. */
  record Any(List<Criterion> criteria) implements Criterion {
    /** Copies the list. */
    public Any {
      criteria = List.copyOf(criteria);
    }

    /** Of the criteria. */
    public static Any of(Criterion... criteria) {
      return new Any(List.of(criteria));
    }
  }

  /** The Observation does not meet it. */
  record Not(Criterion criterion) implements Criterion {}

  /** A condition that one index entry meets or not. */
  sealed interface OnEntry extends Criterion {
    /** Name of the search parameter, as the extractor gave it. */
    String param();
  }

  /**
   * A code.
   *
   * @param system null for any, empty for none
   * @param codes any of them; null for any code of the system
   */
  record Token(String param, String system, Set<String> codes) implements OnEntry {
    /** One code. */
    public static Token of(String param, String system, String code) {
      return new Token(param, system, Set.of(code));
    }
  }

  /** A text; the caller has normalized what it is compared with. */
  record Text(String param, Mode mode, String value) implements OnEntry {
    /** How the texts are compared. */
    public enum Mode {
      /** The exact text equals. */
      EXACT,
      /** The normalized text equals. */
      NORMALIZED,
      /** The normalized text begins so. */
      STARTS,
      /** The normalized text holds it. */
      CONTAINS,
      /** The normalized text ends so. */
      ENDS
    }
  }

  /** A number in a range. */
  record Number(String param, Range range) implements OnEntry {}

  /**
   * A quantity in a range.
   *
   * @param system of the unit; null for any
   * @param unit null for any
   * @param canonical whether the entries in UCUM's base units are asked, or those as they were sent
   */
  record Quantity(String param, Range range, String system, String unit, boolean canonical)
      implements OnEntry {}

  /**
   * A time: all bounds hold for one entry. {@code date=2024} is low at or after its begin and high
   * at or before its end; {@code ge2024} is high at or after its begin.
   */
  record Date(String param, List<DateBound> bounds) implements OnEntry {
    /** Copies the list. */
    public Date {
      bounds = List.copyOf(bounds);
    }
  }

  /** An address, or with {@code prefix} all addresses that begin so. */
  record Uri(String param, String value, boolean prefix) implements OnEntry {}

  /**
   * A reference on one of the paths to one of the targets.
   *
   * @param paths FHIRPaths of the parameter, for example {@code Observation.subject}
   * @param targetType the target's resource type; null for any
   * @param targetPids any of them; null for any target
   * @param urls or any of these addresses elsewhere; empty for none
   */
  record Link(Set<String> paths, String targetType, Collection<Long> targetPids, Set<String> urls)
      implements Criterion {
    /** To resources of this server. */
    public static Link to(Set<String> paths, Collection<Long> targetPids) {
      return new Link(paths, null, targetPids, Set.of());
    }

    /** To anything: its negation is {@code :missing=true}. */
    public static Link present(Set<String> paths) {
      return new Link(paths, null, null, Set.of());
    }
  }

  /** The parameter has at least one entry: its negation is {@code :missing=true}. */
  record Present(String param) implements OnEntry {}

  /** All parts hold on entries of one element: FHIR's composite parameters. */
  record SameElement(List<OnEntry> parts) implements Criterion {
    /** Copies the list. */
    public SameElement {
      parts = List.copyOf(parts);
    }
  }

  /** One of these: {@code _id}. */
  record KeyIn(Collection<ObservationKey> keys) implements Criterion {}

  /** Last written within: {@code _lastUpdated}. Both ends belong to it; null is open. */
  record Updated(Instant from, Instant to) implements Criterion {}

  /**
   * An interval of numbers.
   *
   * @param low null for none
   * @param high null for none
   */
  record Range(Double low, boolean lowIncluded, Double high, boolean highIncluded) {}

  /** A bound on one end of a time. */
  record DateBound(Edge edge, Comparison comparison, Instant moment) {
    /** Which end of the stored time. */
    public enum Edge {
      /** The earliest moment it covers. */
      LOW,
      /** The latest moment it covers. */
      HIGH
    }

    /** How the stored end lies to the moment. */
    public enum Comparison {
      /** Before. */
      LT,
      /** Before or at. */
      LE,
      /** After. */
      GT,
      /** After or at. */
      GE
    }
  }
}
