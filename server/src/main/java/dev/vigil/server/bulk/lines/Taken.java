package dev.vigil.server.bulk.lines;

import dev.vigil.core.Problem;
import dev.vigil.server.fhir.Refusals;
import java.util.List;

/**
 * What became of one resource.
 *
 * @param status as HTTP would say it: 201 stored anew, 200 stored as a next version or there before
 * @param location {@code Type/id/_history/version}; empty if it was refused
 * @param problems why it was refused; empty unless it was
 */
public record Taken(int status, String location, List<Problem> problems) {

  /** Keeps a copy. */
  public Taken {
    problems = List.copyOf(problems);
  }

  /** Stored, or there before. */
  static Taken at(int status, String location) {
    return new Taken(status, location, List.of());
  }

  /** Refused; the first problem decides the status. */
  public static Taken refused(List<Problem> problems) {
    return new Taken(Refusals.status(problems.get(0).kind()), "", problems);
  }

  /** Whether nothing was stored since something was wrong. */
  public boolean refused() {
    return !problems.isEmpty();
  }
}
