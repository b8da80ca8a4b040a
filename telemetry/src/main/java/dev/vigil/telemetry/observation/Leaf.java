package dev.vigil.telemetry.observation;

/**
 * What fills one hole of a shape.
 *
 * @param kind what the hole takes
 * @param property name of the JSON property it belongs to
 * @param raw the characters as they stand in the JSON; of a string without its quotes, escapes kept
 */
record Leaf(Kind kind, String property, String raw) {

  enum Kind {
    NUMBER,
    STRING,
    /** A whole value with all that is in it. */
    SUBTREE
  }
}
