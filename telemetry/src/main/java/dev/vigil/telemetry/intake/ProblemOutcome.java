package dev.vigil.telemetry.intake;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.util.List;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.OperationOutcome.OperationOutcomeIssueComponent;

/** Problems in the words of FHIR, the same at every door that speaks it. */
public final class ProblemOutcome {

  private ProblemOutcome() {}

  /**
   * One issue for each problem, in order: severity error, the kind's code, the message as
   * diagnostics, and the element as expression if the problem names one.
   */
  public static OperationOutcome of(List<Problem> problems) {
    OperationOutcome outcome = new OperationOutcome();
    for (Problem problem : problems) {
      OperationOutcomeIssueComponent issue =
          outcome
              .addIssue()
              .setSeverity(IssueSeverity.ERROR)
              .setCode(code(problem.kind()))
              .setDiagnostics(problem.message());
      if (!problem.expression().isEmpty()) {
        issue.addExpression(problem.expression());
      }
    }
    return outcome;
  }

  /** As for its problems. */
  public static OperationOutcome of(ProblemException exception) {
    return of(exception.problems());
  }

  private static IssueType code(Problem.Kind kind) {
    return switch (kind) {
      case UNREADABLE -> IssueType.STRUCTURE;
      case INVALID -> IssueType.INVALID;
      case CODE_INVALID -> IssueType.CODEINVALID;
      case FORBIDDEN -> IssueType.FORBIDDEN;
      case NOT_FOUND -> IssueType.NOTFOUND;
      case CONFLICT -> IssueType.CONFLICT;
      case TOO_COSTLY -> IssueType.TOOCOSTLY;
      case THROTTLED -> IssueType.THROTTLED;
      case UNAVAILABLE -> IssueType.TRANSIENT;
    };
  }
}
