package dev.vigil.telemetry.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.vigil.core.Problem;
import dev.vigil.core.Problem.Kind;
import java.util.List;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.Test;

class ProblemOutcomeTest {

  @Test
  void namesTheElementOfEachProblem() {
    OperationOutcome outcome =
        ProblemOutcome.of(
            List.of(
                Problem.codeInvalid("Observation.value", "wrong"),
                new Problem(Kind.UNAVAILABLE, "", "later")));
    assertThat(outcome.getIssue())
        .extracting(
            issue -> issue.getSeverity().toCode(),
            issue -> issue.getCode().toCode(),
            issue -> issue.getDiagnostics(),
            issue -> issue.getExpression().stream().map(StringType::getValue).toList())
        .containsExactly(
            tuple("error", "code-invalid", "wrong", List.of("Observation.value")),
            tuple("error", "transient", "later", List.of()));
  }

  @Test
  void givesEachKindOfProblemACodeOfFhir() {
    assertThat(Kind.values())
        .extracting(
            kind ->
                ProblemOutcome.of(List.of(new Problem(kind, "", "x")))
                    .getIssueFirstRep()
                    .getCode()
                    .toCode())
        .containsExactly(
            "structure",
            "invalid",
            "code-invalid",
            "forbidden",
            "not-found",
            "conflict",
            "too-costly",
            "throttled",
            "transient");
  }
}
