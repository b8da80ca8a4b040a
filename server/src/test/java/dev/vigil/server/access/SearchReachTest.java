package dev.vigil.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.Actor;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchReachTest {

  private static final FhirContext CONTEXT = FhirContext.forR4Cached();

  @ParameterizedTest
  @CsvSource({
    "code, x, true",
    "subject:Patient.name, x, false",
    "patient.name, x, false",
    "subject.name, x, false",
    "device:Device.identifier, x, true",
    "device:Device.patient.name, x, false",
    "_has:DetectedIssue:patient:code, x, false",
    "_sort, -date, true",
    "_sort, patient.name, false",
    "_list, 1, false",
    "not-a-parameter.name, x, false"
  })
  void asksForTheTypesThatAChainReaches(String name, String value, boolean allowed) {
    SearchReach reach = reach("system/Observation.rs system/Device.rs");

    assertThat(reach.allows("Observation", Map.of(name, new String[] {value}), CONTEXT))
        .isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "system/Observation.cs, true",
    "system/Observation.c, false",
  })
  void aConditionIsASearch(String scopes, boolean allowed) {
    assertThat(reach(scopes).allowsUrl("Observation", "Observation?identifier=a|b", CONTEXT))
        .isEqualTo(allowed);
  }

  private static SearchReach reach(String scopes) {
    return new SearchReach(
        new AccessDecision(
            new Actor("Device/c", "c"), new TenantId("demo"), SmartScopes.of(scopes), true));
  }
}
