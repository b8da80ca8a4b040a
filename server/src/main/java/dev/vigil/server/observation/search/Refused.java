package dev.vigil.server.observation.search;

import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;

/** Answers to searches that cannot be run: never an empty page instead. */
final class Refused {

  private Refused() {}

  /**
   * Of a parameter's use.
   *
   * @param param its name; the searched value is not shown
   */
  static InvalidRequestException parameter(String param, String reason) {
    return new InvalidRequestException("search parameter " + param + ": " + reason);
  }
}
