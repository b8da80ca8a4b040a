package dev.vigil.hl7.pcd04;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of the alerts that go out.
 *
 * @param eui our EUI-64, sixteen hexadecimal digits, for MSH-3 and OBR-3; empty if we have none
 * @param facility MSH-4; may be empty
 * @param authorities FHIR identifier system by HL7 assigning authority, as for what comes in
 * @param connectTimeout how long a connection may take
 * @param ackTimeout how long the acknowledgement may take once the message is sent
 */
public record Pcd04Properties(
    String eui,
    String facility,
    Map<String, String> authorities,
    Duration connectTimeout,
    Duration ackTimeout) {

  /** Refuses null, an EUI-64 of another shape, and timeouts that are not positive. */
  public Pcd04Properties {
    Objects.requireNonNull(facility, "facility");
    authorities = Map.copyOf(authorities);
    if (!eui.isEmpty() && !eui.matches("[0-9A-F]{16}")) {
      throw new IllegalArgumentException("an EUI-64 has sixteen upper-case hexadecimal digits");
    }
    if (connectTimeout.toMillis() < 1 || ackTimeout.toMillis() < 1) {
      throw new IllegalArgumentException("HL7 timeouts must be at least a millisecond");
    }
  }

  /** No EUI-64, facility or known authority; 5 s to connect, 30 s for the acknowledgement. */
  public static Pcd04Properties standard() {
    return new Pcd04Properties("", "", Map.of(), Duration.ofSeconds(5), Duration.ofSeconds(30));
  }
}
