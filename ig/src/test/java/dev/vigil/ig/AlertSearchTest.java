package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.SearchParameter;
import org.junit.jupiter.api.Test;

class AlertSearchTest {

  private final SearchParameter alertState =
      (SearchParameter)
          PackageValidator.parse(json("SearchParameter", "DetectedIssue-alert-state"));

  @Test
  void theExpressionOfAlertStateYieldsTheStateAsACode() {
    assertThat(states()).containsExactly("raised", "resolved");
  }

  @Test
  void theExpressionOfAlertStateYieldsNothingOnAnotherDetectedIssue() {
    assertThat(evaluate(new DetectedIssue())).isEmpty();
  }

  private List<String> states() {
    return MonitoringPackage.examples().stream()
        .filter(entry -> entry.type().equals("DetectedIssue"))
        .flatMap(entry -> evaluate(PackageValidator.parse(entry.json())).stream())
        .map(code -> ((CodeType) code).getCode())
        .toList();
  }

  private List<IBase> evaluate(IBase resource) {
    return PackageValidator.FHIR
        .newFhirPath()
        .evaluate(resource, alertState.getExpression(), IBase.class);
  }

  private static String json(String type, String id) {
    return MonitoringPackage.conformance().stream()
        .filter(entry -> entry.type().equals(type) && entry.id().equals(id))
        .findFirst()
        .orElseThrow()
        .json();
  }
}
