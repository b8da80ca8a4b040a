package dev.vigil.hl7.pcd01;

import ca.uhn.fhir.util.UrlUtil;
import org.hl7.fhir.r4.model.Identifier;

/** Search texts of conditional creates and updates. */
final class Conditional {

  private Conditional() {}

  /** {@code identifier=system|value}, escaped for a token parameter and for a URL. */
  static String byIdentifier(Identifier identifier) {
    return "identifier="
        + UrlUtil.escapeUrlParam(
            token(identifier.getSystem()) + "|" + token(identifier.getValue()));
  }

  private static String token(String text) {
    return text.replace("\\", "\\\\").replace("|", "\\|").replace(",", "\\,").replace("$", "\\$");
  }
}
