package dev.vigil.server.observation.search;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Reference;

/**
 * A path of a reference parameter, for example {@code Observation.subject.where(resolve() is
 * Patient)}: its condition cannot be decided by resolving where a reference holds an identifier
 * only.
 *
 * @param path without that condition
 * @param type what it has to resolve to; null for anything
 */
record ReferencePath(String path, String type) {

  private static final String SUBJECT = "Observation.subject";
  private static final Pattern CONDITION =
      Pattern.compile("(.+)\\.where\\(\\s*resolve\\(\\) is (\\w+)\\s*\\)");

  static ReferencePath of(String expression) {
    Matcher condition = CONDITION.matcher(expression);
    return condition.matches()
        ? new ReferencePath(condition.group(1), condition.group(2))
        : new ReferencePath(expression, null);
  }

  /**
   * The same for links, which are kept by the expression as it stands: the condition can be left
   * away only where another parameter has the element without one.
   */
  static ReferencePath ofLink(String expression) {
    ReferencePath path = of(expression);
    return path.path().equals(SUBJECT) ? path : new ReferencePath(expression, null);
  }

  /** Unless the reference itself names another type. */
  boolean mayPointTo(Reference reference) {
    String named =
        reference.hasType()
            ? reference.getType()
            : reference.getReferenceElement().getResourceType();
    return type == null || named == null || named.equals(type);
  }
}
