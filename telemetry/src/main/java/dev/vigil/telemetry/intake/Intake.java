package dev.vigil.telemetry.intake;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.log.Source;
import org.hl7.fhir.r4.model.Bundle;

/**
 * Takes a FHIR transaction in, whatever wire it came by. The home of the resources is behind this
 * port: HAPI JPA today, for Observations the reading store later.
 */
public interface Intake {

  /**
   * Checks and stores a transaction bundle whole or not at all.
   *
   * @param bundle of type {@code transaction}; may hold temporary ids, conditional creates and
   *     updates
   * @return the transaction-response; everything in it is committed
   * @throws dev.vigil.core.ProblemException if anything was refused; then nothing was stored
   */
  Bundle submit(TenantId tenant, Source source, Bundle bundle);
}
