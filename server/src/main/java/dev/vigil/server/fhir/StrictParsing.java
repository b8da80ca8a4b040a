package dev.vigil.server.fhir;

import ca.uhn.fhir.parser.IParserErrorHandler;
import ca.uhn.fhir.parser.json.BaseJsonLikeValue.ScalarType;
import ca.uhn.fhir.parser.json.BaseJsonLikeValue.ValueType;
import java.util.Locale;

/**
 * Refuses what FHIR does not know instead of dropping it: a reading that lost an element in silence
 * is a corrupted reading. Names the element, never its value.
 */
final class StrictParsing implements IParserErrorHandler {

  @Override
  public void containedResourceWithNoId(IParseLocation location) {
    throw UnreadableElement.here("contained", "a contained resource needs an id");
  }

  @Override
  public void incorrectJsonType(
      IParseLocation location,
      String element,
      ValueType expected,
      ScalarType expectedScalar,
      ValueType found,
      ScalarType foundScalar) {
    String type = expectedScalar == null ? expected.name() : expectedScalar.name();
    throw UnreadableElement.here(
        element, "must be of the JSON type " + type.toLowerCase(Locale.ROOT));
  }

  @Override
  public void invalidValue(IParseLocation location, String value, String error) {
    throw UnreadableElement.here(name(location), "the value is not allowed here");
  }

  @Override
  public void missingRequiredElement(IParseLocation location, String element) {
    throw UnreadableElement.here(name(location), "lacks its " + element);
  }

  @Override
  public void unexpectedRepeatingElement(IParseLocation location, String element) {
    throw UnreadableElement.here(element, "may stand here only once");
  }

  @Override
  public void unknownAttribute(IParseLocation location, String attribute) {
    throw UnreadableElement.here(attribute, "FHIR knows no such attribute here");
  }

  @Override
  public void unknownElement(IParseLocation location, String element) {
    throw UnreadableElement.here(element, "FHIR knows no such element here");
  }

  @Override
  public void unknownReference(IParseLocation location, String reference) {
    throw UnreadableElement.inTheResource(
        name(location), "the reference points to nothing in this resource");
  }

  @Override
  public void invalidInternalReference(IParseLocation location, String reference) {
    unknownReference(location, reference);
  }

  @Override
  public void extensionContainsValueAndNestedExtensions(IParseLocation location) {
    throw UnreadableElement.here("extension", "holds both a value and extensions");
  }

  private static String name(IParseLocation location) {
    return location == null ? null : location.getParentElementName();
  }
}
