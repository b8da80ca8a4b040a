package dev.vigil.server.auth;

import dev.vigil.core.TenantId;
import dev.vigil.server.access.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The demo's tenant, clients and users. They exist only when {@code vigil.demo.enabled} is set. */
final class DemoIdentities {

  static final TenantId TENANT = new TenantId("demo");

  /** The public SMART app; has no secret. */
  static final String APP = "demo-app";

  private static final Map<String, String> SCOPES = new LinkedHashMap<>();

  static {
    SCOPES.put(
        "demo-gateway",
        "system/Observation.crus system/Device.cruds system/DeviceMetric.cruds system/Patient.crs");
    SCOPES.put("demo-ehr", "system/*.rs");
    SCOPES.put("demo-admin", "system/*.cruds");
  }

  private DemoIdentities() {}

  static List<String> confidentialClients() {
    return List.copyOf(SCOPES.keySet());
  }

  /** Registered scopes of a confidential client, separated by spaces. */
  static String scopes(String client) {
    return SCOPES.get(client);
  }

  static List<String> userNames() {
    return List.of("physician", "nurse", "patient", "engineer", "admin");
  }

  static Role role(String user) {
    return Role.valueOf(user.toUpperCase(java.util.Locale.ROOT));
  }

  static String displayName(String user) {
    return "Demo " + Character.toUpperCase(user.charAt(0)) + user.substring(1);
  }
}
