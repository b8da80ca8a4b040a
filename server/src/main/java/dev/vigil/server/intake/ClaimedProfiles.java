package dev.vigil.server.intake;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import dev.vigil.core.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * Full validation of resources that claim a profile of Vigil's guide. The validator costs
 * milliseconds a resource, so a resource that claims none of ours is not asked; see the decision
 * record on validation.
 */
final class ClaimedProfiles {

  private static final String OURS = "https://vigil.dev/fhir/StructureDefinition/";

  private final FhirValidator validator;

  ClaimedProfiles(FhirContext context, IValidationSupport support) {
    FhirInstanceValidator module = new FhirInstanceValidator(support);
    module.setAnyExtensionsAllowed(true);
    module.setErrorForUnknownProfiles(false);
    module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    module.setNoTerminologyChecks(false);
    this.validator = context.newValidator().registerValidatorModule(module);
  }

  /**
   * What the resource breaks of the profiles that it claims; empty if nothing, or if it claims none
   * of ours.
   */
  List<Problem> problems(Resource resource) {
    List<String> claimed =
        resource.getMeta().getProfile().stream()
            .map(PrimitiveType::getValue)
            .filter(profile -> profile != null && profile.startsWith(OURS))
            .toList();
    if (claimed.isEmpty()) {
      return List.of();
    }
    ValidationOptions options = new ValidationOptions();
    claimed.forEach(options::addProfile);
    Stream<SingleValidationMessage> errors =
        validator.validateWithResult(resource, options).getMessages().stream()
            .filter(
                message -> message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal());
    return errors
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
