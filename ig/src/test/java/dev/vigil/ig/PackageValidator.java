package dev.vigil.ig;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirDefaultPolicyAdvisor;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidationPolicyAdvisor;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;

/** HAPI's validator with R4 and the package, shared by the tests: its start is slow. */
final class PackageValidator {

  static final FhirContext FHIR = FhirContext.forR4();
  static final ValidationSupportChain SUPPORT = support();
  private static final FhirValidator VALIDATOR =
      FHIR.newValidator().registerValidatorModule(instanceValidator());

  private PackageValidator() {}

  private static ValidationSupportChain support() {
    PrePopulatedValidationSupport vigil = new PrePopulatedValidationSupport(FHIR);
    MonitoringPackage.conformance().forEach(entry -> vigil.addResource(parse(entry.json())));
    UnknownCodeSystemWarningValidationSupport unknownCodeSystems =
        new UnknownCodeSystemWarningValidationSupport(FHIR);
    unknownCodeSystems.setNonExistentCodeSystemSeverity(IssueSeverity.WARNING);
    return new ValidationSupportChain(
        new DefaultProfileValidationSupport(FHIR),
        vigil,
        new CommonCodeSystemsTerminologyService(FHIR),
        new InMemoryTerminologyServerValidationSupport(FHIR),
        new SnapshotGeneratingValidationSupport(FHIR),
        unknownCodeSystems);
  }

  private static FhirInstanceValidator instanceValidator() {
    FhirInstanceValidator validator = new FhirInstanceValidator(SUPPORT);
    validator.setValidatorPolicyAdvisor(
        new FhirDefaultPolicyAdvisor() {
          @Override
          public ReferenceValidationPolicy policyForReference(
              IResourceValidator source,
              Object context,
              String path,
              String url,
              IValidationPolicyAdvisor.ReferenceDestinationType destination) {
            return ReferenceValidationPolicy.CHECK_EXISTS_AND_TYPE;
          }
        });
    validator.setValidatorResourceFetcher(new ExampleReferences());
    return validator;
  }

  /** Refuses unknown elements, wrong types and repeated names. */
  static Resource parse(String json) {
    return (Resource)
        FHIR.newJsonParser().setParserErrorHandler(new StrictErrorHandler()).parseResource(json);
  }

  /** What is wrong with a resource by R4 and the profiles it claims; warnings left out. */
  static List<SingleValidationMessage> errors(String json) {
    return VALIDATOR.validateWithResult(json).getMessages().stream()
        .filter(message -> message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
        .toList();
  }
}
