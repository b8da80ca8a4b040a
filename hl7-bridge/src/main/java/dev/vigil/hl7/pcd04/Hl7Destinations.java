package dev.vigil.hl7.pcd04;

import dev.vigil.telemetry.delivery.Destination;
import java.util.List;

/**
 * Who receives alerts by HL7 v2. The server reads them from FHIR Endpoint resources.
 *
 * <p>A destination's address is {@code mllp://host:port}. Its settings may hold {@value
 * Pcd04Message#RECEIVING_APPLICATION} (MSH-5) and {@value Pcd04Message#RECEIVING_FACILITY} (MSH-6).
 */
@FunctionalInterface
public interface Hl7Destinations {

  /** The active ones of all tenants; empty if there is none. */
  List<Destination> active();
}
