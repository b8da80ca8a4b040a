package dev.vigil.telemetry;

/**
 * What a rebuild of a projection found and left.
 *
 * @param before checksum of the rows there were, see {@link RowChecksum}
 * @param after checksum of the rows there are now
 */
public record Rebuilt(String before, String after) {

  /** Whether the rebuild changed nothing. */
  public boolean same() {
    return before.equals(after);
  }
}
