package dev.vigil.server.bulk;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a request says by {@code Prefer} (RFC 7240), however many headers it takes. */
public final class Preference {

  private static final String HEADER = "Prefer";

  private final Set<String> said;

  private Preference(Set<String> said) {
    this.said = said;
  }

  /** Of a request. */
  public static Preference of(RequestDetails request) {
    return new Preference(
        request.getHeaders(HEADER).stream()
            .flatMap(header -> Arrays.stream(header.split("[,;]")))
            .map(one -> one.replaceAll("[\\s\"]", "").toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()));
  }

  /**
   * Refuses a request that does not ask for an answer later.
   *
   * @throws ProblemException INVALID
   */
  public void demandAsync() {
    if (!said.contains("respond-async")) {
      throw new ProblemException(
          Problem.invalid("", "the request needs the header Prefer: respond-async"));
    }
  }

  /** Whether what is not supported may be passed over. */
  public boolean lenient() {
    return said.contains("handling=lenient");
  }

  /** Whether only what went wrong is to be told. */
  public boolean minimal() {
    return said.contains("return=minimal");
  }
}
