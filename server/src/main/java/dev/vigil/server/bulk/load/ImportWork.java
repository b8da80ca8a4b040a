package dev.vigil.server.bulk.load;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.bulk.BulkFile.Purpose;
import dev.vigil.server.bulk.BulkJob;
import dev.vigil.server.bulk.BulkProblem;
import dev.vigil.server.bulk.BulkRun;
import dev.vigil.server.bulk.BulkWork;
import dev.vigil.server.bulk.OtherRequests;
import dev.vigil.server.bulk.lines.Incoming;
import dev.vigil.server.bulk.lines.LineReader;
import dev.vigil.server.bulk.lines.LineReader.Line;
import dev.vigil.server.bulk.lines.ResourceIntake;
import dev.vigil.server.bulk.lines.Taken;
import dev.vigil.server.bulk.load.ImportRequest.Input;
import dev.vigil.server.fhir.ResourceLines;
import dev.vigil.telemetry.intake.ProblemOutcome;
import dev.vigil.telemetry.log.Source;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;

/**
 * Does imports: input by input, some lines at a time. How far it got is noted after each, so a
 * later attempt goes on there; what was being stored at the moment of a crash may be stored again,
 * which makes a second resource only of one with neither id nor identifier.
 */
@Component
class ImportWork implements BulkWork {

  private static final int AT_ONCE = 100;
  private static final int MOST_CHARACTERS = 4 * 1024 * 1024;
  private static final String OUTCOME = "OperationOutcome";

  private final InputFetch fetch;
  private final ResourceLines parser;
  private final ResourceIntake intake;
  private final OtherRequests others;
  private final FhirContext context;
  private final Clock clock;

  ImportWork(
      InputFetch fetch,
      ResourceLines parser,
      ResourceIntake intake,
      OtherRequests others,
      FhirContext context,
      Clock clock) {
    this.fetch = fetch;
    this.parser = parser;
    this.intake = intake;
    this.others = others;
    this.context = context;
    this.clock = clock;
  }

  @Override
  public BulkJob.Kind kind() {
    return BulkJob.Kind.IMPORT;
  }

  @Override
  public void run(BulkRun run) throws IOException, BulkProblem {
    ImportRequest request = ImportRequest.of(run.asked());
    run.asOf(clock.instant());
    run.finished();
    Position begin = Position.of(run.position());
    List<String> sums = new ArrayList<>();
    try (BulkRun.Lines refused = run.lines(Purpose.ERROR, OUTCOME)) {
      if (!run.position().isEmpty()) {
        refused.add(note("the server was interrupted: what was refused before is not listed"));
      }
      for (int i = begin.input(); i < request.inputs().size(); i++) {
        Input input = request.inputs().get(i);
        ImportCounts counts = new ImportCounts();
        take(run, input, i, i == begin.input() ? begin.line() : 0, refused, counts);
        sums.add(note(input.type() + ": " + counts));
      }
      refused.end("");
    }
    try (BulkRun.Lines output = run.lines(Purpose.OUTPUT, OUTCOME)) {
      for (String sum : sums) {
        output.add(sum);
      }
      output.end("");
    }
  }

  private void take(
      BulkRun run, Input input, int place, long skip, BulkRun.Lines refused, ImportCounts counts)
      throws IOException, BulkProblem {
    try (InputStream body = fetch.open(input.url())) {
      LineReader lines = new LineReader(body);
      boolean more = true;
      while (more) {
        List<Line> some = new ArrayList<>();
        int atOnce = others.atOnce(AT_ONCE);
        int size = 0;
        while (more && some.size() < atOnce && size < MOST_CHARACTERS) {
          Optional<Line> line = next(lines);
          size += line.flatMap(Line::text).map(String::length).orElse(0);
          line.filter(one -> one.number() > skip).ifPresent(some::add);
          more = line.isPresent();
        }
        if (!some.isEmpty()) {
          others.standBackFor(() -> store(run, input, some, refused, counts));
          run.mark(new Position(place, some.get(some.size() - 1).number()).text());
        }
        run.tell("at input " + (place + 1) + ", " + input.type() + ": " + counts);
      }
    }
  }

  private static Optional<Line> next(LineReader lines) throws BulkProblem {
    try {
      return lines.next();
    } catch (IOException e) {
      throw new BulkProblem("an input broke off");
    }
  }

  private void store(
      BulkRun run, Input input, List<Line> lines, BulkRun.Lines refused, ImportCounts counts)
      throws IOException {
    List<Incoming> incoming =
        lines.stream()
            .map(
                line ->
                    new Incoming(
                        line,
                        parser,
                        resource -> check(input, resource),
                        input.type().equals("Observation")))
            .toList();
    List<Taken> taken = intake.take(run.tenant(), new Source("import", run.client()), incoming);
    for (int i = 0; i < taken.size(); i++) {
      counts.add(taken.get(i));
      if (taken.get(i).refused()) {
        refused.add(refusal(input, lines.get(i), taken.get(i).problems()));
      }
    }
  }

  private static void check(Input input, Resource resource) {
    if (!resource.fhirType().equals(input.type())) {
      throw new ProblemException(Problem.invalid("", "is not of the type of its input"));
    }
    boolean named = resource.getIdElement().hasIdPart();
    if (named ? !input.updates() : !input.creates()) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.FORBIDDEN,
              input.type() + ".id",
              named
                  ? "the scopes of the caller do not allow to store it under an id"
                  : "the scopes of the caller do not allow to create and search it"));
    }
  }

  private String refusal(Input input, Line line, List<Problem> problems) {
    OperationOutcome outcome = ProblemOutcome.of(problems);
    CodeableConcept where =
        new CodeableConcept().setText("line " + line.number() + " of the input of " + input.type());
    outcome.getIssue().forEach(issue -> issue.setDetails(where));
    return context.newJsonParser().encodeResourceToString(outcome);
  }

  private String note(String words) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(IssueSeverity.INFORMATION)
        .setCode(IssueType.INFORMATIONAL)
        .setDiagnostics(words);
    return context.newJsonParser().encodeResourceToString(outcome);
  }

  /** Behind a line of an input. */
  private record Position(int input, long line) {

    static Position of(String text) {
      if (text.isEmpty()) {
        return new Position(0, 0);
      }
      String[] parts = text.split(" ");
      return new Position(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
    }

    String text() {
      return input + " " + line;
    }
  }
}
