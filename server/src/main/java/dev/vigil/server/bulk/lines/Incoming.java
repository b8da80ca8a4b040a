package dev.vigil.server.bulk.lines;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.bulk.lines.LineReader.Line;
import dev.vigil.server.fhir.ResourceLines;
import java.util.Optional;
import java.util.function.Consumer;
import org.hl7.fhir.r4.model.Resource;

/**
 * A resource that comes as a line. It is read when it is asked for: who can store it by its text
 * need not.
 */
public final class Incoming {

  private final Line line;
  private final ResourceLines parser;
  private final Consumer<Resource> check;
  private final boolean mayBeAnyObservation;

  /**
   * A line.
   *
   * @param check throws a {@link ProblemException} if the resource may not come this way
   * @param mayBeAnyObservation whether the check lets every Observation without an id pass
   */
  public Incoming(
      Line line, ResourceLines parser, Consumer<Resource> check, boolean mayBeAnyObservation) {
    this.line = line;
    this.parser = parser;
    this.check = check;
    this.mayBeAnyObservation = mayBeAnyObservation;
  }

  /** Which line, from 1. */
  public long number() {
    return line.number();
  }

  /** Whether an Observation without an id may come this way unseen. */
  boolean mayBeAnyObservation() {
    return mayBeAnyObservation;
  }

  /** As it was sent; empty if it was too long to be taken. */
  public Optional<String> text() {
    return line.text();
  }

  /**
   * What the line says; read anew at each call.
   *
   * @throws ProblemException if it cannot be read or may not come this way
   */
  public Resource resource() {
    Resource resource =
        parser.parse(
            text()
                .orElseThrow(
                    () ->
                        new ProblemException(
                            new Problem(Problem.Kind.TOO_COSTLY, "", "the line is too long"))));
    check.accept(resource);
    return resource;
  }

  /** Hides the line. */
  @Override
  public String toString() {
    return "Incoming[line " + number() + "]";
  }
}
