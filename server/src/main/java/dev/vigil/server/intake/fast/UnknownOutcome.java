package dev.vigil.server.intake.fast;

/**
 * A commit failed in a way that does not tell whether it took place: what it held must not be
 * written again.
 */
final class UnknownOutcome extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnknownOutcome(Throwable cause) {
    super("it is not known whether the commit took place", cause);
  }
}
