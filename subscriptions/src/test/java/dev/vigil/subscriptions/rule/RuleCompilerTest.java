package dev.vigil.subscriptions.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.util.List;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.junit.jupiter.api.Test;

class RuleCompilerTest {

  @Test
  void aRuleWithoutClearingDoesNotLoad() {
    PlanDefinition plan = ShippedRules.plan(ShippedRules.json("GLU-01"));
    plan.getAction().remove(1);

    assertThat(problems(plan))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.expression()).isEqualTo("PlanDefinition.action");
              assertThat(problem.message()).contains("clears");
            });
  }

  @Test
  void aClearingLimitInsideTheRaisingOnesDoesNotLoad() {
    assertThat(
            problems(
                ShippedRules.plan(
                    ShippedRules.json("GLU-01").replace("\"value\": 70", "\"value\": 50"))))
        .extracting(Problem::message)
        .containsExactly("a value must not meet a limit and its clearing limit");
  }

  @Test
  void everyProblemNamesItsElement() {
    String broken =
        ShippedRules.json("OXY-01")
            .replace("\"valueCode\": \"spo2\"", "\"valueCode\": \"spo9\"")
            .replace("\"valueCode\": \"high\"", "\"valueCode\": \"loud\"")
            .replace("\"code\": \"s\"", "\"code\": \"fortnight\"");

    assertThat(problems(ShippedRules.plan(broken)))
        .isNotEmpty()
        .allSatisfy(
            problem ->
                assertThat(problem.expression())
                    .startsWith("PlanDefinition.")
                    .contains("extension('"));
  }

  @Test
  void aLimitInAUnitOfAnotherDimensionDoesNotLoad() {
    assertThat(
            problems(
                ShippedRules.plan(
                    ShippedRules.json("OXY-02").replace("\"code\": \"%\"", "\"code\": \"kg\""))))
        .extracting(Problem::message)
        .contains("has a unit of another dimension than the metric");
  }

  private static List<Problem> problems(PlanDefinition plan) {
    return catchThrowableOfType(() -> ShippedRules.compiler().compile(plan), ProblemException.class)
        .problems();
  }
}
