package dev.vigil.telemetry.delivery;

import dev.vigil.core.TenantId;
import java.util.Optional;
import org.hl7.fhir.r4.model.Resource;

/** Reads FHIR resources for channels that have to send them. The FHIR store implements it. */
public interface ResourceReader {

  /**
   * The present version, whatever the caller's rights: for use inside Vigil only.
   *
   * @return empty if it is unknown or deleted
   */
  <T extends Resource> Optional<T> read(TenantId tenant, Class<T> type, String id);
}
