package dev.vigil.server.access;

/**
 * What a scope can allow on a resource type, in the order in which SMART App Launch 2.2 wants the
 * letters ("cruds", section "Scopes for requesting FHIR Resources").
 */
public enum Permission {
  /** Type-level create. */
  CREATE('c'),
  /** Read, vread and the history of an instance. */
  READ('r'),
  /** Update and patch; also an update that creates, as SMART says. */
  UPDATE('u'),
  /** Delete. */
  DELETE('d'),
  /** Search and the history of a type. */
  SEARCH('s');

  private final char letter;

  Permission(char letter) {
    this.letter = letter;
  }

  /** The letter in a scope. */
  public char letter() {
    return letter;
  }
}
