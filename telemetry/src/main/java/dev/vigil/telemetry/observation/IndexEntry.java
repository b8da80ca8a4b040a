package dev.vigil.telemetry.observation;

import java.time.Instant;

/**
 * What one search parameter finds in an Observation. Links are {@link ObservationLink}s instead.
 *
 * <p>The names of parameters are the extractor's own; besides {@code code} it may use {@code
 * code:text} or {@code _tag}, as long as queries use the same name.
 */
public sealed interface IndexEntry {

  /** Name of the search parameter. */
  String param();

  /** The element it was found on: 0 for the Observation itself, n for its n-th component. */
  int element();

  /**
   * A code.
   *
   * @param system empty when it has none
   * @param code empty when it has none
   */
  record Token(String param, int element, String system, String code) implements IndexEntry {}

  /**
   * A text.
   *
   * @param normalized as searches compare it by default
   * @param exact as it stands in the Observation
   */
  record Text(String param, int element, String normalized, String exact) implements IndexEntry {}

  /** A number without unit. */
  record Number(String param, int element, double value) implements IndexEntry {}

  /**
   * A quantity.
   *
   * @param system of the unit, empty when it has none
   * @param unit the code of the unit, or its text when it has no code
   * @param canonical whether value and unit were brought to UCUM's base units
   */
  record Quantity(
      String param, int element, String system, String unit, double value, boolean canonical)
      implements IndexEntry {}

  /**
   * A time or a period.
   *
   * @param low the earliest moment it covers; null when open
   * @param high the latest moment it covers; null when open
   */
  record Date(String param, int element, Instant low, Instant high) implements IndexEntry {}

  /** An address. */
  record Uri(String param, int element, String uri) implements IndexEntry {}
}
