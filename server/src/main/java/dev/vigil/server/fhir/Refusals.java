package dev.vigil.server.fhir;

import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.telemetry.intake.ProblemOutcome;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.OperationOutcome;

/** Between our problems and HAPI's exceptions, in both directions. */
public final class Refusals {

  /** Of a reference that leads nowhere; the expression names it. */
  public static final String UNKNOWN_REFERENCE =
      "the reference points to a resource that is unknown here";

  private static final String RETRY_AFTER_SECONDS = "5";

  private Refusals() {}

  /**
   * The exception that HAPI turns into the HTTP answer.
   *
   * @param problems not empty; the first decides the status
   */
  public static BaseServerResponseException asHttp(List<Problem> problems) {
    int status = status(problems.get(0).kind());
    BaseServerResponseException exception =
        new UnclassifiedServerFailureException(status, problems.get(0).message());
    exception.setOperationOutcome(ProblemOutcome.of(problems));
    if (status == 429 || status == 503) {
      exception.addResponseHeader("Retry-After", RETRY_AFTER_SECONDS);
    }
    return exception;
  }

  /** The HTTP status of a kind of problem. */
  public static int status(Problem.Kind kind) {
    return switch (kind) {
      case UNREADABLE -> 400;
      case INVALID, CODE_INVALID -> 422;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_COSTLY -> 413;
      case THROTTLED -> 429;
      case UNAVAILABLE -> 503;
    };
  }

  /**
   * Work that the server could not do: 500.
   *
   * @param message safe to show
   */
  public static BaseServerResponseException failed(String message) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(OperationOutcome.IssueSeverity.FATAL)
        .setCode(OperationOutcome.IssueType.EXCEPTION)
        .setDiagnostics(message);
    return new Failed(message, outcome);
  }

  /** Tells itself from what fails by a bug in the request's own work. */
  static final class Failed extends BaseServerResponseException {
    private static final long serialVersionUID = 1L;

    private Failed(String message, OperationOutcome outcome) {
      super(500, message, outcome);
    }
  }

  /**
   * What HAPI refused, in our words. Its own messages may quote the request, so they are not
   * carried on.
   */
  public static ProblemException asProblems(BaseServerResponseException refusal) {
    BaseServerResponseException exception = AnswerShape.explain(refusal);
    List<Problem> problems = new ArrayList<>();
    Problem.Kind kind = kind(exception.getStatusCode());
    if (exception.getOperationOutcome() instanceof OperationOutcome outcome) {
      for (OperationOutcome.OperationOutcomeIssueComponent issue : outcome.getIssue()) {
        String expression = issue.hasExpression() ? issue.getExpression().get(0).getValue() : "";
        problems.add(
            new Problem(
                kind,
                expression,
                issue.getDiagnostics() == null ? "refused" : issue.getDiagnostics()));
      }
    }
    if (problems.isEmpty()) {
      problems.add(new Problem(kind, "", "the FHIR store refused the message"));
    }
    return new ProblemException(problems);
  }

  private static Problem.Kind kind(int status) {
    return switch (status) {
      case 400 -> Problem.Kind.UNREADABLE;
      case 403 -> Problem.Kind.FORBIDDEN;
      case 404, 410 -> Problem.Kind.NOT_FOUND;
      case 409, 412 -> Problem.Kind.CONFLICT;
      case 413 -> Problem.Kind.TOO_COSTLY;
      case 429 -> Problem.Kind.THROTTLED;
      case 422 -> Problem.Kind.INVALID;
      default -> Problem.Kind.UNAVAILABLE;
    };
  }
}
