package dev.vigil.server.intake.fast;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Under which condition an Observation is created.
 *
 * @param text as it was sent, for example {@code identifier=urn:x|1}; null for none
 * @param own whether it is created unless its own first identifier is there already
 */
record Condition(String text, boolean own) {

  /** None of its identifier is there, if it has one; what comes as a line is created so. */
  static final Condition OWN_IDENTIFIER = new Condition(null, true);

  private static final String CRITERION = "identifier=";

  /** A condition as it was sent; null for none. */
  static Condition of(String text) {
    return new Condition(text, false);
  }

  /** Whether there is any. */
  boolean asks() {
    return own || text != null;
  }

  /**
   * Whether it asks for just this identifier. Characters that mean something in a search are left
   * to HAPI.
   */
  boolean asksFor(String system, String value) {
    if (!plain(system) || !plain(value)) {
      return false;
    }
    return own || text.startsWith(CRITERION) && names(system, value);
  }

  private boolean names(String system, String value) {
    String asked = text.substring(CRITERION.length());
    if (asked.indexOf('+') >= 0 || asked.indexOf('&') >= 0 || asked.indexOf('#') >= 0) {
      return false;
    }
    try {
      String decoded =
          asked.indexOf('%') < 0 ? asked : URLDecoder.decode(asked, StandardCharsets.UTF_8);
      return decoded.length() == system.length() + 1 + value.length()
          && decoded.startsWith(system)
          && decoded.charAt(system.length()) == '|'
          && decoded.endsWith(value);
    } catch (IllegalArgumentException e) {
      return false; // Not encoded as it should be.
    }
  }

  private static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char at = text.charAt(i);
      boolean plain =
          at >= 'a' && at <= 'z'
              || at >= 'A' && at <= 'Z'
              || at >= '0' && at <= '9'
              || "-._~:/".indexOf(at) >= 0;
      if (!plain) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
