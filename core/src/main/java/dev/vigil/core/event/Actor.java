package dev.vigil.core.event;

import java.util.Objects;

/**
 * Who did something to an alert.
 *
 * @param reference what FHIR calls them, for example {@code Practitioner/nurse}; {@code
 *     Device/vigil} for Vigil itself
 * @param name for people to read
 */
public record Actor(String reference, String name) {

  /** Refuses null. */
  public Actor {
    Objects.requireNonNull(reference, "reference");
    Objects.requireNonNull(name, "name");
  }

  /** Hides the name. */
  @Override
  public String toString() {
    return reference;
  }
}
