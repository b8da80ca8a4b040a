package dev.vigil.telemetry.observation;

import java.util.List;

/**
 * Finds what the search parameters of Observation see in one. The store asks it for each new shape,
 * and for each Observation whose shape does not tell everything; a device's readings are covered by
 * their shape and columns, so it is not asked for each of them.
 */
@FunctionalInterface
public interface IndexExtractor {

  /**
   * The entries of an Observation, in any order; the links are left out. Must depend on the JSON
   * alone. Runs inside the caller's transaction and must not use the database.
   *
   * @param json an Observation; also one whose leaves (times, numbers, identifiers, references,
   *     free text) were replaced by invented ones of the same kind
   */
  List<IndexEntry> entries(String json);
}
