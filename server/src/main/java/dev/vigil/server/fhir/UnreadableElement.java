package dev.vigil.server.fhir;

import ca.uhn.fhir.parser.DataFormatException;
import java.util.regex.Pattern;

/**
 * An element that the strict parser refuses. Its message names the element and says why; unlike the
 * messages of HAPI it is safe to show, since it never holds a value.
 */
final class UnreadableElement extends DataFormatException {

  private static final long serialVersionUID = 1L;

  /** What may be a name: the sender could have put anything in its place. */
  private static final Pattern NAME = Pattern.compile("_?[A-Za-z][A-Za-z0-9]{0,63}");

  private final boolean here;

  private UnreadableElement(String element, String reason, boolean here) {
    super((isName(element) ? element : "an element") + ": " + reason);
    this.here = here;
  }

  /** Refused while the parser stands at it. */
  static UnreadableElement here(String element, String reason) {
    return new UnreadableElement(element, reason, true);
  }

  /** Found only when its whole resource had been read. */
  static UnreadableElement inTheResource(String element, String reason) {
    return new UnreadableElement(element, reason, false);
  }

  /** Whether the parser stood at the element, rather than at the end of its resource. */
  boolean isHere() {
    return here;
  }

  static boolean isName(String element) {
    return element != null && NAME.matcher(element).matches();
  }
}
