package dev.vigil.core;

import java.util.List;
import java.util.stream.Collectors;

/** A request or message was refused and changed nothing. Carries at least one problem. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** Refused for one reason. */
  public ProblemException(Problem problem) {
    this(List.of(problem));
  }

  /**
   * Refused for several reasons.
   *
   * @param problems not empty; the first decides the status
   */
  public ProblemException(List<Problem> problems) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** In the order they were found, never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
