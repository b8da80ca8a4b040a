package dev.vigil.server.database;

/** There is no database to work on. The message is one line for whoever runs the server. */
public final class DatabaseStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
