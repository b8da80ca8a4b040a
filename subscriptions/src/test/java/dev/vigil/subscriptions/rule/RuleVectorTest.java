package dev.vigil.subscriptions.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.ig.MonitoringPackage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RuleVectorTest {

  @TestFactory
  Stream<DynamicContainer> everyVectorOfEveryRuleIsDecidedAsItSays() {
    return ShippedRules.IDS.stream()
        .map(
            id -> {
              Rule rule = ShippedRules.compiler().compile(ShippedRules.plan(ShippedRules.json(id)));
              return DynamicContainer.dynamicContainer(
                  id,
                  Vector.of(id).stream()
                      .map(
                          vector ->
                              DynamicTest.dynamicTest(
                                  vector.title(),
                                  () ->
                                      assertThat(ShippedRules.decide(List.of(rule), vector))
                                          .isEqualTo(vector.expected()))));
            });
  }

  @TestFactory
  Stream<DynamicTest> aHigherRuleOfAFamilyHidesTheLower() {
    List<Rule> family =
        Stream.of("GLU-01", "GLU-02")
            .map(id -> ShippedRules.compiler().compile(ShippedRules.plan(ShippedRules.json(id))))
            .toList();
    return Vector.of("family-glucose-low").stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.title(),
                    () ->
                        assertThat(ShippedRules.decide(family, vector))
                            .isEqualTo(vector.expected())));
  }

  @Test
  void everyRuleOfTheGuideHasVectors() {
    List<String> shipped =
        MonitoringPackage.conformance().stream()
            .filter(entry -> entry.type().equals("PlanDefinition"))
            .map(MonitoringPackage.Entry::id)
            .toList();

    assertThat(shipped).containsExactlyInAnyOrderElementsOf(ShippedRules.IDS);
    assertThat(shipped).allSatisfy(id -> assertThat(Vector.of(id)).isNotEmpty());
  }
}
