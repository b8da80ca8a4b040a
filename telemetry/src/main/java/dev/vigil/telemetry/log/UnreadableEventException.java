package dev.vigil.telemetry.log;

/**
 * A row of the log is no event that this version knows: its kind is newer, or its payload is
 * damaged. Names the sequence, never the payload.
 */
public final class UnreadableEventException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Of a cause whose own message is left out: it may quote the payload. */
  UnreadableEventException(long sequence, String kind, Throwable cause) {
    super(
        "event " + sequence + " of kind " + kind + " is unreadable: " + cause.getClass().getName());
  }
}
