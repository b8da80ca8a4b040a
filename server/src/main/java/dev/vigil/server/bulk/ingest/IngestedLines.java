package dev.vigil.server.bulk.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.server.bulk.lines.Taken;
import dev.vigil.telemetry.intake.ProblemOutcome;
import java.io.UncheckedIOException;
import org.hl7.fhir.r4.model.OperationOutcome;

/** Writes the answers: a JSON object a line, with the issues of an OperationOutcome. */
final class IngestedLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private long lines;
  private long stored;
  private long known;
  private long refused;

  /** Of a line. */
  String of(long line, Taken taken) {
    count(taken);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("line", line).put("status", taken.status());
    if (taken.refused()) {
      ArrayNode issues = answer.putArray("issue");
      for (OperationOutcome.OperationOutcomeIssueComponent issue :
          ProblemOutcome.of(taken.problems()).getIssue()) {
        ObjectNode one = issues.addObject();
        one.put("severity", issue.getSeverity().toCode());
        one.put("code", issue.getCode().toCode());
        one.put("diagnostics", issue.getDiagnostics());
        if (issue.hasExpression()) {
          one.putArray("expression").add(issue.getExpression().get(0).getValue());
        }
      }
    } else {
      answer.put("location", taken.location());
    }
    return text(answer);
  }

  private void count(Taken taken) {
    lines++;
    if (taken.refused()) {
      refused++;
    } else if (taken.status() == 201) {
      stored++;
    } else {
      known++;
    }
  }

  /**
   * The last line: without it the answer was cut.
   *
   * @param complete whether all that was sent has been looked at
   */
  String sum(boolean complete) {
    return text(
        JSON.createObjectNode()
            .put("complete", complete)
            .put("lines", lines)
            .put("created", stored)
            .put("known", known)
            .put("refused", refused));
  }

  private static String text(ObjectNode answer) {
    try {
      return JSON.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
