package dev.vigil.telemetry.delivery;

import dev.vigil.core.TenantId;
import java.util.Map;
import java.util.Objects;

/**
 * One receiver of a channel.
 *
 * @param tenant whose events it may see
 * @param id of the FHIR resource that declares it, for example {@code Subscription/7}: the cursor's
 *     key
 * @param address URI, for example {@code https://ehr.example/hook} or {@code mllp://host:2575}
 * @param settings what else the channel needs, for example headers and criteria
 */
public record Destination(
    TenantId tenant, String id, String address, Map<String, String> settings) {

  /** Refuses null and copies the settings. */
  public Destination {
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(address, "address");
    settings = Map.copyOf(settings);
  }

  /** Hides the address and settings: they may hold secrets. */
  @Override
  public String toString() {
    return "Destination[" + tenant + " " + id + "]";
  }
}
