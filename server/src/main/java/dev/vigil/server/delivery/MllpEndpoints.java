package dev.vigil.server.delivery;

import dev.vigil.core.TenantId;
import dev.vigil.hl7.pcd04.Hl7Destinations;
import dev.vigil.telemetry.delivery.Destination;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Endpoint;
import org.hl7.fhir.r4.model.StringType;
import org.springframework.stereotype.Component;

/**
 * Receivers of alerts by HL7 v2: active Endpoints of connection type {@code hl7v2-mllp}. A header
 * {@code MSH-5: name} or {@code MSH-6: name} names the receiving application or facility.
 */
@Component
class MllpEndpoints implements Hl7Destinations {

  static final String CONNECTION_TYPE = "hl7v2-mllp";

  private final DeclaredDestinations declared;

  MllpEndpoints(DeclaredDestinations declared) {
    this.declared = declared;
  }

  @Override
  public List<Destination> active() {
    return declared.of(Endpoint.class, List.of("active"), MllpEndpoints::destination).stream()
        .filter(destination -> destination.settings().containsKey(CONNECTION_TYPE))
        .toList();
  }

  private static Destination destination(TenantId tenant, Endpoint endpoint) {
    Map<String, String> settings = new HashMap<>();
    if (CONNECTION_TYPE.equals(endpoint.getConnectionType().getCode())) {
      settings.put(CONNECTION_TYPE, "");
    }
    for (StringType header : endpoint.getHeader()) {
      String[] parts = header.getValue().split(":", 2);
      if (parts.length == 2 && parts[0].strip().equals("MSH-5")) {
        settings.put(RECEIVING_APPLICATION, parts[1].strip());
      } else if (parts.length == 2 && parts[0].strip().equals("MSH-6")) {
        settings.put(RECEIVING_FACILITY, parts[1].strip());
      }
    }
    return new Destination(
        tenant, "Endpoint/" + endpoint.getIdElement().getIdPart(), endpoint.getAddress(), settings);
  }
}
