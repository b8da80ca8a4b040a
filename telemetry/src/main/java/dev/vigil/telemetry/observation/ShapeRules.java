package dev.vigil.telemetry.observation;

import java.util.Set;

/**
 * Which parts of an Observation's JSON belong to its shape. A shape outlives the persons it was
 * used for, so what is not listed here is a leaf: times, numbers, identifiers, references, free
 * text.
 */
final class ShapeRules {

  /** A code or a code's name that is longer is somebody's prose. */
  private static final int LONGEST = 250;

  private static final Set<String> SUBTREES = Set.of("contained", "text", "note");
  private static final Set<String> EXTENSIONS = Set.of("extension", "modifierExtension");
  private static final Set<String> CODINGS = Set.of("coding", "tag", "security");

  /** The text of {@code valueCodeableConcept} is left out: people type answers there. */
  private static final Set<String> CONCEPTS =
      Set.of(
          "code",
          "category",
          "interpretation",
          "dataAbsentReason",
          "bodySite",
          "method",
          "type",
          "appliesTo");

  private ShapeRules() {}

  /** Whether a property of the Observation itself is one leaf with all that is in it. */
  static boolean isSubtree(String property) {
    return SUBTREES.contains(property);
  }

  static boolean isExtension(String property) {
    return EXTENSIONS.contains(property);
  }

  /**
   * Whether a string is the same in all Observations of the shape.
   *
   * @param property its name, or that of the array it stands in
   * @param owner the property that holds the object it stands in; empty for the Observation itself
   * @param inExtension whether an extension is around it
   */
  static boolean belongsToShape(String property, String owner, boolean inExtension, String text) {
    if (text.length() > LONGEST) {
      return false;
    }
    return switch (property) {
      case "resourceType", "status", "language" -> owner.isEmpty();
      case "system", "code", "unit", "comparator", "version" -> !owner.isEmpty();
      case "profile" -> owner.equals("meta");
      case "url" -> isExtension(owner);
      case "valueCode" -> inExtension;
      case "use" -> owner.equals("identifier") && !inExtension;
      case "type" -> !inExtension;
      case "display" -> CODINGS.contains(owner) && !inExtension;
      case "text" -> CONCEPTS.contains(owner) && !inExtension;
      default -> false;
    };
  }
}
