package dev.vigil.server.fhir;

import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.StrictErrorHandler;

/**
 * Refuses what FHIR does not know instead of dropping it: a reading that lost an element in silence
 * is a corrupted reading. Names the element, never its value.
 */
final class StrictParsing extends StrictErrorHandler {

  @Override
  public void invalidValue(IParseLocation location, String value, String error) {
    throw new DataFormatException(where(location) + ": the value is not allowed here");
  }

  @Override
  public void unknownReference(IParseLocation location, String reference) {
    throw new DataFormatException(
        where(location) + ": the reference points to nothing in this resource");
  }

  @Override
  public void invalidInternalReference(IParseLocation location, String reference) {
    unknownReference(location, reference);
  }

  private static String where(IParseLocation location) {
    return location == null || location.getParentElementName() == null
        ? "an element"
        : location.getParentElementName();
  }
}
