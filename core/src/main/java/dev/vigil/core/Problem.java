package dev.vigil.core;

import java.util.List;
import java.util.Objects;

/**
 * Why a request or message was refused, in words that are safe to show: it names the element, never
 * a measured value or a person. One class per wire turns it into that wire's words.
 *
 * @param kind what class of problem
 * @param expression FHIRPath of the element, for example {@code Observation.value}; empty if there
 *     is none
 * @param message one sentence
 */
public record Problem(Kind kind, String expression, String message) {

  /** Classes of problem; each wire has a word for each. */
  public enum Kind {
    /** Cannot be read as what it claims to be. */
    UNREADABLE,
    /** Readable, but against a rule of the standard, the profile or the catalogue. */
    INVALID,
    /** A code or unit that is not allowed here. */
    CODE_INVALID,
    /** Not for this caller. */
    FORBIDDEN,
    /** Names something we do not have. */
    NOT_FOUND,
    /** Against the present state, for example a second acknowledgement. */
    CONFLICT,
    /** Too large or too much. */
    TOO_COSTLY,
    /** Try later: too many requests. */
    THROTTLED,
    /** Try later: a part we need is away. */
    UNAVAILABLE
  }

  /** Refuses null. */
  public Problem {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(expression, "expression");
    Objects.requireNonNull(message, "message");
  }

  /** A problem of kind {@link Kind#INVALID}. */
  public static Problem invalid(String expression, String message) {
    return new Problem(Kind.INVALID, expression, message);
  }

  /** A problem of kind {@link Kind#CODE_INVALID}. */
  public static Problem codeInvalid(String expression, String message) {
    return new Problem(Kind.CODE_INVALID, expression, message);
  }

  /** A problem of kind {@link Kind#CONFLICT}. */
  public static Problem conflict(String expression, String message) {
    return new Problem(Kind.CONFLICT, expression, message);
  }

  /** A problem of kind {@link Kind#NOT_FOUND}. */
  public static Problem notFound(String expression, String message) {
    return new Problem(Kind.NOT_FOUND, expression, message);
  }

  /** Throws if there is any problem. */
  public static void throwIfAny(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new ProblemException(problems);
    }
  }
}
