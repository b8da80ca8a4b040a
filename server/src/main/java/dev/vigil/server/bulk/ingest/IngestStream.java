package dev.vigil.server.bulk.ingest;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Permission;
import dev.vigil.server.bulk.OtherRequests;
import dev.vigil.server.bulk.lines.Incoming;
import dev.vigil.server.bulk.lines.LineReader.Line;
import dev.vigil.server.bulk.lines.ResourceIntake;
import dev.vigil.server.bulk.lines.Taken;
import dev.vigil.server.fhir.ResourceLines;
import dev.vigil.telemetry.log.Source;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;

/**
 * Takes one stream, some lines at a time: as many as are there, up to a limit. The next are read
 * when these are stored and others have had their turn, so a sender that is too quick waits.
 */
final class IngestStream {

  /** Most lines that are stored at once. */
  static final int AT_ONCE = 100;

  private final TenantId tenant;
  private final AccessDecision caller;
  private final ResourceLines parser;
  private final ResourceIntake intake;
  private final OtherRequests others;
  private final Outcomes outcomes;
  private final boolean minimal;
  private final IngestedLines answers = new IngestedLines();

  IngestStream(
      AccessDecision caller,
      ResourceLines parser,
      ResourceIntake intake,
      OtherRequests others,
      Outcomes outcomes,
      boolean minimal) {
    this.tenant = caller.tenant();
    this.caller = caller;
    this.parser = parser;
    this.intake = intake;
    this.others = others;
    this.outcomes = outcomes;
    this.minimal = minimal;
  }

  /**
   * Takes all there is.
   *
   * @param stopping whether the server is about to stop: what was begun is finished, no more
   * @throws IOException if the stream breaks; what was stored before stays
   */
  void take(LineQueue lines, BooleanSupplier stopping) throws IOException, InterruptedException {
    boolean more = true;
    while (more && !stopping.getAsBoolean() && !outcomes.abandoned()) {
      List<Line> some = lines.take(others.atOnce(AT_ONCE));
      more = !some.isEmpty();
      others.standBackFor(() -> store(some));
    }
    outcomes.add(answers.sum(!more));
  }

  private void store(List<Line> lines) throws IOException {
    List<Incoming> incoming =
        lines.stream().map(line -> new Incoming(line, parser, this::check, true)).toList();
    List<Taken> taken = intake.take(tenant, source(), incoming);
    for (int i = 0; i < taken.size(); i++) {
      String answer = answers.of(lines.get(i).number(), taken.get(i));
      if (!minimal || taken.get(i).refused()) {
        outcomes.add(answer);
      }
    }
  }

  private void check(Resource resource) {
    if (!(resource instanceof Observation)) {
      throw new ProblemException(Problem.invalid("", "only Observations are taken here"));
    }
    if (resource.getIdElement().hasIdPart() && !caller.allows("Observation", Permission.UPDATE)) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.FORBIDDEN,
              "Observation.id",
              "the scopes of the caller do not allow to update an Observation"));
    }
  }

  private Source source() {
    return new Source("ingest", caller.actor().reference());
  }
}
