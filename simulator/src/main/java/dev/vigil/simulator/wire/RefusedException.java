package dev.vigil.simulator.wire;

/**
 * The server answered, and refused; unless {@link #mayPass()}, sending the same again is of no use.
 * The message holds the status and, from the OperationOutcome, codes and expressions; no
 * diagnostics and no payload.
 */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedException(int status, String issues) {
    super("HTTP " + status + (issues.isEmpty() ? "" : ": " + issues));
    this.status = status;
  }

  /**
   * Whether another attempt may succeed all the same: a conflict, or a failure inside the server.
   */
  public boolean mayPass() {
    return status == 409 || status >= 500;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
