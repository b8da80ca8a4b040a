package dev.vigil.hl7.pcd04;

import dev.vigil.telemetry.delivery.Destination;
import java.util.List;

/**
 * Who receives alerts by HL7 v2. The server reads them from FHIR Endpoint resources.
 *
 * <p>A destination's address is {@code mllp://host:port}. The settings are named below; both may be
 * missing.
 */
@FunctionalInterface
public interface Hl7Destinations {

  /** Setting: name of the receiving application (MSH-5). */
  String RECEIVING_APPLICATION = "receivingApplication";

  /** Setting: name of the receiving facility (MSH-6). */
  String RECEIVING_FACILITY = "receivingFacility";

  /** The active ones of all tenants; empty if there is none. */
  List<Destination> active();
}
