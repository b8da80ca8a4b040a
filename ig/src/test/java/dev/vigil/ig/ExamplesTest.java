package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {

  static Stream<MonitoringPackage.Entry> examples() {
    return MonitoringPackage.examples().stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void validatesAgainstItsProfile(MonitoringPackage.Entry example) {
    assertThat(PackageValidator.errors(example.json())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void claimsAProfileUnlessItIsAPatientOrAnAnswer(MonitoringPackage.Entry example) {
    Resource resource = PackageValidator.parse(example.json());
    assertThat(resource.getMeta().getProfile().isEmpty())
        .isEqualTo(Set.of("Patient", "Parameters").contains(resource.fhirType()));
  }

  @Test
  void everyProfileThatIsNotAbstractHasAnExample() {
    Stream<String> profiles =
        MonitoringPackage.conformance().stream()
            .filter(entry -> entry.type().equals("StructureDefinition"))
            .map(
                entry ->
                    (org.hl7.fhir.r4.model.StructureDefinition)
                        PackageValidator.parse(entry.json()))
            .filter(profile -> !profile.getAbstract() && !profile.getType().equals("Extension"))
            .filter(profile -> !profile.getType().equals("PlanDefinition"))
            .map(StructureDefinition::getUrl);
    assertThat(examples().flatMap(ExamplesTest::profiles)).containsAll(profiles.toList());
  }

  private static Stream<String> profiles(MonitoringPackage.Entry example) {
    return PackageValidator.parse(example.json()).getMeta().getProfile().stream()
        .map(CanonicalType::getValue);
  }
}
