package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.DetectedIssue.DetectedIssueSeverity;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.SearchParameter;
import org.junit.jupiter.api.Test;

class AlertSearchTest {

  private final SearchParameter alertState = parameter("DetectedIssue-alert-state");
  private final SearchParameter severity = parameter("DetectedIssue-severity");

  @Test
  void theExpressionOfAlertStateYieldsTheStateAsACode() {
    assertThat(states()).containsExactly("raised", "resolved");
  }

  @Test
  void theExpressionOfAlertStateYieldsNothingOnAnotherDetectedIssue() {
    assertThat(evaluate(alertState, new DetectedIssue())).isEmpty();
  }

  @Test
  void theExpressionOfSeverityYieldsTheSeverity() {
    DetectedIssue issue = new DetectedIssue().setSeverity(DetectedIssueSeverity.HIGH);

    assertThat(evaluate(severity, issue))
        .extracting(found -> ((PrimitiveType<?>) found).getValueAsString())
        .containsExactly("high");
  }

  private List<String> states() {
    return MonitoringPackage.examples().stream()
        .filter(entry -> entry.type().equals("DetectedIssue"))
        .flatMap(entry -> evaluate(alertState, PackageValidator.parse(entry.json())).stream())
        .map(code -> ((CodeType) code).getCode())
        .toList();
  }

  private static List<IBase> evaluate(SearchParameter parameter, IBase resource) {
    return PackageValidator.FHIR
        .newFhirPath()
        .evaluate(resource, parameter.getExpression(), IBase.class);
  }

  private static SearchParameter parameter(String id) {
    return (SearchParameter) PackageValidator.parse(json("SearchParameter", id));
  }

  private static String json(String type, String id) {
    return MonitoringPackage.conformance().stream()
        .filter(entry -> entry.type().equals(type) && entry.id().equals(id))
        .findFirst()
        .orElseThrow()
        .json();
  }
}
