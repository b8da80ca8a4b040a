package dev.vigil.server.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /fhir/.well-known/smart-configuration} (SMART App Launch 2.2, section "Conformance"). Says
 * only what works; a servlet of its own, since HAPI's has everything else below {@code /fhir}.
 */
final class SmartConfigurationServlet extends HttpServlet {

  static final String PATH = "/fhir/.well-known/smart-configuration";

  private static final long serialVersionUID = 1L;

  private final transient ObjectMapper mapper;
  private final String issuer;

  SmartConfigurationServlet(ObjectMapper mapper, String issuer) {
    this.mapper = mapper;
    this.issuer = issuer;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-cache");
    mapper.writeValue(
        response.getOutputStream(), document(issuer.isBlank() ? base(request) : issuer));
  }

  private static String base(HttpServletRequest request) {
    String url = request.getRequestURL().toString();
    return url.substring(0, url.length() - PATH.length());
  }

  private static Map<String, Object> document(String base) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("issuer", base);
    document.put("jwks_uri", base + "/oauth2/jwks");
    document.put("token_endpoint", base + "/oauth2/token");
    document.put(
        "token_endpoint_auth_methods_supported",
        List.of("client_secret_basic", "client_secret_post"));
    document.put("introspection_endpoint", base + "/oauth2/introspect");
    document.put("revocation_endpoint", base + "/oauth2/revoke");
    document.put("grant_types_supported", List.of("client_credentials"));
    document.put(
        "scopes_supported",
        List.of(
            "system/*.cruds",
            "system/*.rs",
            "system/Observation.cruds",
            "system/Device.cruds",
            "system/DeviceMetric.cruds",
            "system/Patient.cruds",
            "system/DetectedIssue.rus"));
    document.put("code_challenge_methods_supported", List.of("S256"));
    document.put(
        "capabilities", List.of("client-confidential-symmetric", "permission-v1", "permission-v2"));
    return document;
  }
}
