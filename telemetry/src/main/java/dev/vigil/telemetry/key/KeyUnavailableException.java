package dev.vigil.telemetry.key;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * A key cannot be had now: its service is away, or lacks the master key. What needs it has to wait;
 * it is no fault of the event. Names keys of ours by their ids, never their bytes.
 */
public final class KeyUnavailableException extends DataAccessResourceFailureException {

  private static final long serialVersionUID = 1L;

  KeyUnavailableException(String message) {
    super(message);
  }

  KeyUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
