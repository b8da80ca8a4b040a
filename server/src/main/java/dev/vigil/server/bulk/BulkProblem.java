package dev.vigil.server.bulk;

/** Why a job cannot be done, in words that may be shown. */
public final class BulkProblem extends Exception {

  private static final long serialVersionUID = 1L;

  /** Names no person and no value. */
  public BulkProblem(String message) {
    super(message, null, false, false);
  }
}
