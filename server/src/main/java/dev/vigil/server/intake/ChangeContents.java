package dev.vigil.server.intake;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import dev.vigil.core.PatientId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.server.intake.PendingWrites.Write;
import dev.vigil.server.observation.StoredJson;
import dev.vigil.telemetry.observation.ObservationContent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** What the log keeps of a written resource: whom it is about and what it says. */
final class ChangeContents {

  private static final List<String> OF_THE_ROW =
      List.of("id", "*.meta.versionId", "*.meta.lastUpdated");

  private final FhirContext context;

  ChangeContents(FhirContext context) {
    this.context = context;
  }

  /** The change with person and content; its references must be resolved. */
  ResourceChange of(Write write) {
    ResourceChange change = write.change();
    return new ResourceChange(
        change.type(),
        change.id(),
        change.version(),
        change.action(),
        person(write.resource(), change.id()),
        change.action() == Action.DELETED
            ? Optional.empty()
            : Optional.of(content(write.resource())),
        write.resource() instanceof Observation observation
            ? StoredJson.versionOf(observation)
            : Optional.empty());
  }

  private ResourceContent content(Resource resource) {
    if (resource instanceof Observation observation) {
      Optional<StoredJson> stored = StoredJson.of(observation);
      if (stored.isPresent()) {
        return ObservationContent.of(stored.get().json());
      }
    }
    IParser parser = context.newJsonParser();
    parser.setDontEncodeElements(OF_THE_ROW);
    return ResourceContent.whole(parser.encodeResourceToString(resource));
  }

  /**
   * The patient in whose compartment it is. Of several the one that it names as its subject, else
   * the first.
   */
  private Optional<PatientId> person(Resource resource, String id) {
    if (resource instanceof Patient) {
      return Optional.of(new PatientId(id));
    }
    return Stream.concat(
            Stream.of("subject", "patient").flatMap(name -> named(resource, name)),
            Stream.of(resource)
                .flatMap(
                    one ->
                        context
                            .newTerser()
                            .getCompartmentOwnersForResource("Patient", one, Set.of())
                            .stream()))
        .filter(ChangeContents::isOurs)
        .findFirst()
        .map(owner -> new PatientId(owner.getIdPart()));
  }

  private static Stream<IIdType> named(Resource resource, String name) {
    Property property = resource.getNamedProperty(name);
    return property == null
        ? Stream.empty()
        : property.getValues().stream()
            .filter(Objects::nonNull)
            .filter(Reference.class::isInstance)
            .map((Base value) -> ((Reference) value).getReferenceElement());
  }

  private static boolean isOurs(IIdType owner) {
    return "Patient".equals(owner.getResourceType())
        && owner.hasIdPart()
        && !owner.hasBaseUrl()
        && !owner.isLocal();
  }
}
