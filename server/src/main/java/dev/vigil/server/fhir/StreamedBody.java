package dev.vigil.server.fhir;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Operations that read their body themselves, from front to back: it has no largest size, and
 * nobody before them may take it into memory.
 */
final class StreamedBody {

  private static final String INGEST = "$ingest";
  private static final String PATH = "/Observation/$ingest";

  private StreamedBody() {}

  /** Whether HAPI found such an operation. */
  static boolean of(String operation) {
    return INGEST.equals(operation);
  }

  /** Whether a request of the FHIR endpoint is for one, before HAPI looks at it. */
  static boolean of(HttpServletRequest request) {
    return "POST".equals(request.getMethod()) && PATH.equals(request.getPathInfo());
  }
}
