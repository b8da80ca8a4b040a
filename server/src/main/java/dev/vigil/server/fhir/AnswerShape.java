package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import ca.uhn.fhir.rest.server.method.ResourceParameter;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every refusal the same shape: an OperationOutcome with a code and, where there is one, the
 * element's expression. A bug answers 500 with an id to look up and no detail.
 */
@Interceptor
final class AnswerShape {

  private static final Logger log = LoggerFactory.getLogger(AnswerShape.class);

  /**
   * HAPI names the element of an unresolved reference in its text only, sometimes with a condition.
   */
  private static final Pattern UNRESOLVED =
      Pattern.compile("HAPI-1094: .* specified in path: ([\\w.]+)");

  /** How HAPI says that it could not parse a body; its text may quote the body. */
  private static final String NOT_PARSED = "HAPI-0450:";

  private final int maxEntries;
  private final UnreadableBodies unreadable;

  AnswerShape(int maxEntries, UnreadableBodies unreadable) {
    this.maxEntries = maxEntries;
    this.unreadable = unreadable;
  }

  @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED)
  void countEntries(RequestDetails request) {
    if (request.getResource() instanceof Bundle bundle) {
      refuseAbove(maxEntries, bundle.getEntry().size());
    }
  }

  /** Answers 413 to a Bundle with too many entries. */
  static void refuseAbove(int maxEntries, int entries) {
    if (entries > maxEntries) {
      throw refusal(
          413,
          IssueType.TOOCOSTLY,
          "Bundle.entry",
          "a bundle may hold at most " + maxEntries + " entries");
    }
  }

  @Hook(Pointcut.SERVER_PRE_PROCESS_OUTGOING_EXCEPTION)
  BaseServerResponseException shape(RequestDetails request, Throwable failure) {
    if (failure instanceof Refusals.Failed told) {
      return told;
    }
    if (failure instanceof BaseServerResponseException refusal && refusal.getStatusCode() != 500) {
      return notParsed(refusal)
          ? Refusals.asHttp(List.of(unreadable.explain(request)))
          : explain(refusal);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BodyLimit.TooLarge) {
        return refusal(413, IssueType.TOOCOSTLY, "", cause.getMessage());
      }
      if (isOfTheBodysParser(cause)) {
        return Refusals.asHttp(List.of(unreadable.explain(request)));
      }
      if (cause instanceof DataFormatException) {
        return refusal(400, IssueType.STRUCTURE, "", "the request cannot be read as FHIR");
      }
    }
    String id = UUID.randomUUID().toString();
    log.error("request failed incident={}", id, withoutMessages(failure));
    return refusal(500, IssueType.EXCEPTION, "", "the server failed; incident " + id);
  }

  /** The refusal itself, or a clearer one where HAPI hides the element in its text. */
  static BaseServerResponseException explain(BaseServerResponseException refusal) {
    if (refusal.getOperationOutcome() == null && refusal.getMessage() != null) {
      Matcher unresolved = UNRESOLVED.matcher(refusal.getMessage());
      if (unresolved.find()) {
        return refusal(
            422,
            IssueType.NOTFOUND,
            unresolved.group(1).replaceFirst("\\.where$", ""),
            Refusals.UNKNOWN_REFERENCE);
      }
    }
    return refusal;
  }

  private static boolean notParsed(BaseServerResponseException refusal) {
    return refusal.getMessage() != null && refusal.getMessage().startsWith(NOT_PARSED);
  }

  /**
   * HAPI's parser meets some wrong JSON with a NullPointerException. What is stored is parsed too,
   * and a failure there is ours.
   */
  private static boolean isOfTheBodysParser(Throwable failure) {
    List<String> classes =
        Arrays.stream(failure.getStackTrace()).map(StackTraceElement::getClassName).toList();
    return classes.contains(ResourceParameter.class.getName())
        && classes.stream().anyMatch(name -> name.startsWith(IParser.class.getPackageName()));
  }

  private static BaseServerResponseException refusal(
      int status, IssueType code, String expression, String text) {
    OperationOutcome outcome = new OperationOutcome();
    OperationOutcome.OperationOutcomeIssueComponent issue =
        outcome.addIssue().setSeverity(IssueSeverity.ERROR).setCode(code).setDiagnostics(text);
    if (!expression.isEmpty()) {
      issue.addExpression(expression);
    }
    BaseServerResponseException exception = new UnclassifiedServerFailureException(status, text);
    exception.setOperationOutcome(outcome);
    return exception;
  }

  /** An exception's message may quote a request: only where it happened is logged. */
  private static Throwable withoutMessages(Throwable failure) {
    RuntimeException safe = new RuntimeException(failure.getClass().getName());
    safe.setStackTrace(failure.getStackTrace());
    if (failure.getCause() != null && failure.getCause() != failure) {
      safe.initCause(withoutMessages(failure.getCause()));
    }
    return safe;
  }
}
