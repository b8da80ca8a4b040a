package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.Problem;
import dev.vigil.ig.MonitoringPackage;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimedProfilesTest {

  private static final FhirContext CONTEXT = FhirContext.forR4Cached();
  private static final ClaimedProfiles PROFILES = new ClaimedProfiles(CONTEXT);

  static Stream<Resource> examples() {
    return MonitoringPackage.examples().stream()
        .map(entry -> (Resource) CONTEXT.newJsonParser().parseResource(entry.json()));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void findsNothingWrongWithTheGuidesExamples(Resource example) {
    assertThat(PROFILES.problems(example)).isEmpty();
    assertThat(PROFILES.problems(example)).as("again, by its shape").isEmpty();
  }

  @Test
  void refusesABrokenReadingAlsoAfterAWholeOneOfTheSameDevice() {
    Observation whole = numericReading();
    assertThat(PROFILES.problems(whole)).isEmpty();
    Observation broken = whole.copy();
    broken.getValueQuantity().setCode(null);
    assertThat(PROFILES.problems(broken))
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID))
        .anySatisfy(problem -> assertThat(problem.expression()).contains("value"));
    assertThat(PROFILES.problems(broken)).as("a refused shape is not remembered").isNotEmpty();
  }

  @Test
  void doesNotAskAResourceThatClaimsNoneOfOurProfiles() {
    Observation laboratory = new Observation();
    laboratory.getMeta().addProfile("http://example.org/StructureDefinition/laboratory");
    assertThat(PROFILES.problems(laboratory)).isEmpty();
  }

  @Test
  void namesRulesAndElementsButNoValue() {
    Observation broken = numericReading();
    broken.getValueQuantity().setCode(null).setUnit("Zyxomarker");
    List<Problem> problems = PROFILES.problems(broken);
    assertThat(problems).isNotEmpty();
    assertThat(problems.toString()).doesNotContain("Zyxomarker");
  }

  private static Observation numericReading() {
    return examples()
        .filter(Observation.class::isInstance)
        .map(Observation.class::cast)
        .filter(Observation::hasValueQuantity)
        .findFirst()
        .orElseThrow();
  }
}
