package dev.vigil.server.intake;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import dev.vigil.core.Problem;
import dev.vigil.ig.MonitoringPackage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * Full validation of resources that claim a profile of Vigil's guide. It costs tens of milliseconds
 * a resource, so a resource that claims none of ours is not asked, and of readings of one shape
 * only the first is; see the decision record on validation. The profiles come from the guide in
 * memory, never from the store: a reading does not wait for terminology tables.
 */
final class ClaimedProfiles {

  private static final String OURS = "https://vigil.dev/fhir/StructureDefinition/";

  /** Shapes that conform; the least recently seen goes first. A ward has some dozens. */
  private static final int KEPT_SHAPES = 10_000;

  private final FhirContext context;
  private final FhirValidator validator;
  private final Set<String> conforming =
      Collections.newSetFromMap(
          Collections.synchronizedMap(
              new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > KEPT_SHAPES;
                }
              }));

  ClaimedProfiles(FhirContext context) {
    this.context = context;
    FhirInstanceValidator module = new FhirInstanceValidator(guide(context));
    module.setAnyExtensionsAllowed(true);
    module.setErrorForUnknownProfiles(false);
    module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    this.validator = context.newValidator().registerValidatorModule(module);
  }

  private static IValidationSupport guide(FhirContext context) {
    PrePopulatedValidationSupport ours = new PrePopulatedValidationSupport(context);
    MonitoringPackage.conformance()
        .forEach(entry -> ours.addResource(context.newJsonParser().parseResource(entry.json())));
    UnknownCodeSystemWarningValidationSupport unknownCodeSystems =
        new UnknownCodeSystemWarningValidationSupport(context);
    unknownCodeSystems.setNonExistentCodeSystemSeverity(IssueSeverity.WARNING);
    return new ValidationSupportChain(
        new DefaultProfileValidationSupport(context),
        ours,
        new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context),
        new SnapshotGeneratingValidationSupport(context),
        unknownCodeSystems);
  }

  /** What the resource breaks of the profiles that it claims; empty if nothing or none of ours. */
  List<Problem> problems(Resource resource) {
    List<String> claimed =
        resource.getMeta().getProfile().stream()
            .map(PrimitiveType::getValue)
            .filter(profile -> profile != null && profile.startsWith(OURS))
            .toList();
    if (claimed.isEmpty()) {
      return List.of();
    }
    if (!(resource instanceof Observation reading)) {
      return validate(resource, claimed);
    }
    String shape = ReadingShape.of(reading, context);
    if (conforming.contains(shape)) {
      return List.of();
    }
    List<Problem> problems = validate(resource, claimed);
    if (problems.isEmpty()) {
      conforming.add(shape);
    }
    return problems;
  }

  private List<Problem> validate(Resource resource, List<String> claimed) {
    ValidationOptions options = new ValidationOptions();
    claimed.forEach(options::addProfile);
    return validator.validateWithResult(resource, options).getMessages().stream()
        .filter(message -> message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
        .map(message -> Problem.invalid(expression(message), rule(message)))
        .distinct()
        .toList();
  }

  private static String expression(SingleValidationMessage message) {
    return message.getLocationString() == null ? "" : message.getLocationString();
  }

  /** The validator's own text may quote the value; its message id never does. */
  private static String rule(SingleValidationMessage message) {
    return "does not conform to the profile it claims (" + message.getMessageId() + ")";
  }
}
