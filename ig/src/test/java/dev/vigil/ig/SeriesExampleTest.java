package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.OperationDefinition;
import org.hl7.fhir.r4.model.OperationDefinition.OperationDefinitionParameterComponent;
import org.hl7.fhir.r4.model.OperationDefinition.OperationParameterUse;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.junit.jupiter.api.Test;

/** The example of an answer of {@code $series} is what its OperationDefinition says. */
class SeriesExampleTest {

  private final OperationDefinition operation =
      MonitoringPackage.conformance().stream()
          .map(entry -> PackageValidator.parse(entry.json()))
          .filter(OperationDefinition.class::isInstance)
          .map(OperationDefinition.class::cast)
          .filter(definition -> definition.getCode().equals("series"))
          .findFirst()
          .orElseThrow();

  private final Parameters example =
      MonitoringPackage.examples().stream()
          .map(entry -> PackageValidator.parse(entry.json()))
          .filter(Parameters.class::isInstance)
          .map(Parameters.class::cast)
          .findFirst()
          .orElseThrow();

  @Test
  void isBuiltAsDefined() {
    fits(
        example.getParameter(),
        operation.getParameter().stream()
            .filter(parameter -> parameter.getUse() == OperationParameterUse.OUT)
            .toList());
  }

  @Test
  void tellsTimeInEachRange() {
    List<String> ranges =
        example.getParameter().stream()
            .filter(parameter -> parameter.getName().equals("point"))
            .flatMap(point -> point.getPart().stream())
            .filter(part -> part.getName().equals("range"))
            .map(range -> range.getPart().get(0).getValue().primitiveValue())
            .toList();
    assertThat(ranges).hasSize(10).startsWith("very-low", "low", "target", "high", "very-high");
  }

  private static void fits(
      List<ParametersParameterComponent> given,
      List<OperationDefinitionParameterComponent> defined) {
    Map<String, Long> counts =
        given.stream()
            .collect(
                Collectors.groupingBy(
                    ParametersParameterComponent::getName, Collectors.counting()));
    Map<String, OperationDefinitionParameterComponent> byName =
        defined.stream()
            .collect(
                Collectors.toMap(
                    OperationDefinitionParameterComponent::getName, Function.identity()));
    assertThat(byName.keySet()).containsAll(counts.keySet());
    byName.forEach(
        (name, parameter) -> {
          long count = counts.getOrDefault(name, 0L);
          assertThat(count).as(name).isGreaterThanOrEqualTo(parameter.getMin());
          if (!parameter.getMax().equals("*")) {
            assertThat(count).as(name).isLessThanOrEqualTo(Long.parseLong(parameter.getMax()));
          }
        });
    for (ParametersParameterComponent one : given) {
      OperationDefinitionParameterComponent parameter = byName.get(one.getName());
      if (parameter.hasPart()) {
        fits(one.getPart(), parameter.getPart());
      } else {
        assertThat(one.getValue().fhirType()).as(one.getName()).isEqualTo(parameter.getType());
      }
    }
  }
}
