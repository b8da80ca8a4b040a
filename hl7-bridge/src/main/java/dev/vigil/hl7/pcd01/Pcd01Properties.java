package dev.vigil.hl7.pcd01;

import dev.vigil.core.TenantId;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of the PCD-01 door.
 *
 * @param tenant whose data comes in by this door
 * @param zone of times without an offset in a message whose MSH-7 has none either
 * @param authorities FHIR identifier system by HL7 assigning authority, for example {@code HOSP ->
 *     https://hospital.example/mrn}, so that a PID finds the Patient that is there already
 */
public record Pcd01Properties(TenantId tenant, ZoneId zone, Map<String, String> authorities) {

  /** Refuses null and copies the map. */
  public Pcd01Properties {
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(zone, "zone");
    authorities = Map.copyOf(authorities);
  }

  /** UTC, and no authority known by name. */
  public static Pcd01Properties of(TenantId tenant) {
    return new Pcd01Properties(tenant, ZoneOffset.UTC, Map.of());
  }
}
