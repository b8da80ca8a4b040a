package dev.vigil.server.intake;

import ca.uhn.fhir.context.FhirContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationComponentComponent;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Type;

/**
 * What a device's readings have in common: the Observation without its leaves, which are time,
 * number, identifier value and whose reference ids. No constraint of R4 or of our reading profiles
 * looks at one of these alone: their form is the parser's business, their meaning the reading
 * check's. A Period keeps its values, since its start and end are compared.
 */
final class ReadingShape {

  private static final DateTimeType SOME_TIME = new DateTimeType("2000-01-01T00:00:00Z");

  private ReadingShape() {}

  /**
   * SHA-256 of the canonical JSON of the shape, in hex: equal for readings that differ in leaves
   * only.
   */
  static String of(Observation observation, FhirContext context) {
    Observation shape = observation.copy();
    shape.setId((String) null);
    Meta meta = shape.getMeta();
    meta.setVersionId(null).setLastUpdated(null);
    shape.getIdentifier().forEach(ReadingShape::blank);
    blank(shape.getSubject());
    blank(shape.getDevice());
    shape.setIssuedElement(shape.hasIssued() ? new InstantType("2000-01-01T00:00:00Z") : null);
    if (shape.getEffective() instanceof DateTimeType time && !time.hasExtension()) {
      shape.setEffective(SOME_TIME.copy());
    }
    blank(shape.getValue());
    shape.getComponent().stream()
        .map(ObservationComponentComponent::getValue)
        .forEach(ReadingShape::blank);
    return sha256(context.newJsonParser().encodeResourceToString(shape));
  }

  private static void blank(Identifier identifier) {
    if (identifier.hasValue()) {
      identifier.setValue("x");
    }
  }

  private static void blank(Type value) {
    if (value instanceof Quantity quantity && quantity.hasValue()) {
      quantity.setValue(1);
    }
  }

  /** The type stays: a profile says what may be referred to. */
  private static void blank(Reference reference) {
    if (reference.hasReference()) {
      String type = reference.getReferenceElement().getResourceType();
      reference.setResource(null);
      reference.setReference(type == null ? "urn:uuid:0" : type + "/x");
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
