package dev.vigil.telemetry.delivery;

import dev.vigil.core.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Resource;

/** Reads FHIR resources for channels that have to send them. The FHIR store implements it. */
public interface ResourceReader {

  /**
   * The present version, whatever the caller's rights: for use inside Vigil only.
   *
   * @return empty if it is unknown or deleted
   */
  <T extends Resource> Optional<T> read(TenantId tenant, Class<T> type, String id);

  /**
   * The present versions of several, as {@link #read} gives each.
   *
   * @return by logical id; without those that are unknown or deleted
   */
  default <T extends Resource> Map<String, T> readAll(
      TenantId tenant, Class<T> type, Set<String> ids) {
    Map<String, T> found = new HashMap<>();
    ids.forEach(id -> read(tenant, type, id).ifPresent(resource -> found.put(id, resource)));
    return found;
  }
}
