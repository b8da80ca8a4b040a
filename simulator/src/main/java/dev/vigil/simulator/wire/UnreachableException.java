package dev.vigil.simulator.wire;

/**
 * No answer within the client's patience, or the connection broke after the request was sent: what
 * was sent is not confirmed, and may or may not be stored.
 */
public final class UnreachableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnreachableException(String message) {
    super(message);
  }
}
