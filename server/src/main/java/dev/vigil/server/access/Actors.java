package dev.vigil.server.access;

import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.Actor;

/**
 * Who is calling, for what writes it down. A person is {@code Practitioner/<login name>} with the
 * display name; a client is {@code Device/<client id>}: software that acts on its own is a Device
 * in FHIR (Provenance.agent.who).
 *
 * <p>Looks at the current thread, so call it on the thread of the request.
 */
public final class Actors {

  private Actors() {}

  /**
   * The caller.
   *
   * @throws ProblemException FORBIDDEN if nobody is authenticated
   */
  public static Actor current() {
    return AccessDecision.required().actor();
  }

  /**
   * The caller's tenant.
   *
   * @throws ProblemException FORBIDDEN if nobody is authenticated
   */
  public static TenantId tenant() {
    return AccessDecision.required().tenant();
  }
}
