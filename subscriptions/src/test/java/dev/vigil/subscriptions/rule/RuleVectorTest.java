package dev.vigil.subscriptions.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URISyntaxException;
import java.util.Arrays;
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
  void everyRuleOfTheGuideHasVectors() throws URISyntaxException {
    File folder =
        new File(RuleVectorTest.class.getResource("/package/PlanDefinition-GLU-01.json").toURI())
            .getParentFile();
    List<String> shipped =
        Arrays.stream(folder.list())
            .filter(name -> name.startsWith("PlanDefinition-"))
            .map(name -> name.substring("PlanDefinition-".length(), name.length() - 5))
            .toList();

    assertThat(shipped).containsExactlyInAnyOrderElementsOf(ShippedRules.IDS);
    assertThat(shipped).allSatisfy(id -> assertThat(Vector.of(id)).isNotEmpty());
  }
}
