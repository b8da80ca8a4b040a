package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.vigil.server.VigilServer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

class ServerDoorsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> OPEN_PAGES =
      Set.of("/login", "/error", "/cds-services", "/app/launch.html");

  private final VigilServer server = VigilServer.get();

  @Nested
  class WithoutAToken {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/fhir/metadata",
          "/fhir/.well-known/smart-configuration",
          "/.well-known/openid-configuration",
          "/.well-known/oauth-authorization-server",
          "/oauth2/jwks",
          "/login",
          "/css/vigil.css"
        })
    void theOpenEndpointsAnswer(String path) {
      assertThat(get(path).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/liveness", "/health/readiness", "/prometheus"})
    void theActuatorShowsHealthAndMetricsOnItsPort(String path) {
      assertThat(server.send(request(server.actuator() + path)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/info", "/env", "/heapdump"})
    void theActuatorShowsNothingElse(String path) {
      assertThat(server.send(request(server.actuator() + path)).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/fhir",
          "/fhir/",
          "/fhir/Patient",
          "/fhir/Patient/1",
          "/fhir/Patient/1/_history",
          "/fhir/_history",
          "/fhir/Observation/$lastn",
          "/fhir/$export",
          "/fhir/$graphql",
          "/fhir/swagger-ui/",
          "/fhir/api-docs",
          "/fhir/StructureDefinition",
          "/fhir/%50atient"
        })
    void theFhirEndpointAsksForOneInAnOperationOutcome(String path) throws Exception {
      HttpResponse<String> answer = get(path);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate"))
          .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
      assertThat(issueCode(answer)).isEqualTo("login");
    }

    @Test
    void anEncodedSpellingOfTheFhirEndpointIsNoWayAround() {
      assertThat(get("/%66hir/Patient").statusCode()).isGreaterThanOrEqualTo(400);
      assertThat(get("/fhir;x/Patient").statusCode()).isGreaterThanOrEqualTo(400);
      assertThat(get("//fhir/Patient").statusCode()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void everyTypeOfTheFhirEndpointAsks() throws Exception {
      List<String> open = new ArrayList<>();
      JsonNode capabilities = JSON.readTree(get("/fhir/metadata").body());
      JsonNode types = capabilities.at("/rest/0/resource");
      assertThat(types.size()).isGreaterThan(100);
      for (JsonNode type : types) {
        String path = "/fhir/" + type.get("type").asText();
        if (get(path).statusCode() != 401 || post(path, "{}").statusCode() != 401) {
          open.add(path);
        }
      }
      assertThat(open).isEmpty();
    }

    @Test
    void everyOtherMappedEndpointAsks() {
      List<String> open = new ArrayList<>();
      for (Map.Entry<RequestMappingInfo, ?> mapping :
          server
              .context()
              .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
              .getHandlerMethods()
              .entrySet()) {
        for (String pattern : mapping.getKey().getPatternValues()) {
          String path = pattern.replaceAll("\\{[^}]*}", "1").replace("**", "1");
          if (!OPEN_PAGES.contains(pattern)
              && (get(path).statusCode() != 401 || post(path, "").statusCode() < 401)) {
            open.add(pattern);
          }
        }
      }
      assertThat(open).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"/", "/anything", "/actuator/health", "/actuator/env", "/cds-services/x"})
    void whatNobodyThoughtOfAsks(String path) {
      assertThat(get(path).statusCode()).isEqualTo(401);
    }

    @Test
    void aBrowserIsSentToTheLoginPage() {
      HttpResponse<String> answer =
          server.send(request(server.url() + "/").header("Accept", "text/html"));

      assertThat(answer.statusCode()).isEqualTo(302);
      assertThat(answer.headers().firstValue("Location")).hasValue(server.url() + "/login");
    }
  }

  @Nested
  class WithABadToken {

    @Test
    void noiseIsRefused() throws Exception {
      HttpResponse<String> answer = server.fhirGet("Patient", "not-a-token");

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(issueCode(answer)).isEqualTo("login");
    }

    @Test
    void oneWithoutASignatureIsRefused() {
      assertThat(server.fhirGet("Patient", new PlainJWT(claims(300)).serialize()).statusCode())
          .isEqualTo(401);
    }

    @Test
    void oneSignedByAnotherKeyIsRefused() throws Exception {
      RSAKey other = new RSAKeyGenerator(2048).generate();

      assertThat(server.fhirGet("Patient", signed(other, "at+jwt", 300)).statusCode())
          .isEqualTo(401);
    }

    @Test
    void anExpiredOneIsRefused() throws Exception {
      assertThat(server.fhirGet("Patient", signed(ownKey(), "at+jwt", -1)).statusCode())
          .isEqualTo(401);
    }

    @Test
    void anIdentityTokenIsNoAccessToken() throws Exception {
      assertThat(server.fhirGet("Patient", signed(ownKey(), "JWT", 300)).statusCode())
          .isEqualTo(401);
    }

    @Test
    void theSameTokenInOrderIsAccepted() throws Exception {
      assertThat(server.fhirGet("Patient", signed(ownKey(), "at+jwt", 300)).statusCode())
          .isEqualTo(200);
    }

    private RSAKey ownKey() throws Exception {
      return RSAKey.parse(Files.readString(server.data().resolve("keys/signing.jwk")));
    }
  }

  @Nested
  class AskingForAToken {

    @Test
    void grantsANarrowerScope() throws Exception {
      JsonNode token = JSON.readTree(ask("demo-ehr", "system/Observation.r").body());

      assertThat(token.get("scope").asText()).isEqualTo("system/Observation.r");
      assertThat(token.get("expires_in").asInt()).isBetween(290, 300);
      assertThat(token.get("token_type").asText()).isEqualTo("Bearer");
    }

    @Test
    void grantsVersionOneInTheWordsOfVersionTwo() throws Exception {
      assertThat(JSON.readTree(ask("demo-ehr", "system/Patient.read").body()).get("scope").asText())
          .isEqualTo("system/Patient.rs");
    }

    @Test
    void grantsAllThatIsRegisteredWhenNoneIsAskedFor() throws Exception {
      assertThat(JSON.readTree(ask("demo-gateway", "").body()).get("scope").asText().split(" "))
          .containsExactlyInAnyOrder(
              "system/Observation.crus",
              "system/Device.cruds",
              "system/DeviceMetric.cruds",
              "system/Patient.crs");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "system/Observation.c",
          "system/*.cruds",
          "user/*.rs",
          "system/Observation.sr",
          "system/Observation.rs nonsense"
        })
    void refusesAWiderOrMalformedScope(String scope) throws Exception {
      HttpResponse<String> answer = ask("demo-ehr", scope);

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).get("error").asText()).isEqualTo("invalid_scope");
    }

    @Test
    void refusesAWrongSecret() {
      assertThat(server.requestToken("demo-ehr", "wrong", "").statusCode()).isEqualTo(401);
    }

    @Test
    void theTokenNamesTenantClientAndScope() throws Exception {
      SignedJWT token = SignedJWT.parse(server.token("demo-ehr", "system/Observation.r"));

      assertThat(token.getJWTClaimsSet().getStringClaim("tenant")).isEqualTo("demo");
      assertThat(token.getJWTClaimsSet().getStringClaim("client_id")).isEqualTo("demo-ehr");
      assertThat(token.getJWTClaimsSet().getStringClaim("scope")).isEqualTo("system/Observation.r");
      assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
    }

    @Test
    void introspectionTellsAnotherClientWhatATokenIs() throws Exception {
      String basic =
          Base64.getEncoder()
              .encodeToString(
                  ("demo-admin:" + server.secret("demo-admin")).getBytes(StandardCharsets.UTF_8));
      HttpResponse<String> answer =
          server.send(
              HttpRequest.newBuilder(URI.create(server.url() + "/oauth2/introspect"))
                  .header("Authorization", "Basic " + basic)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      BodyPublishers.ofString(
                          "token=" + server.token("demo-ehr", "system/Device.r"))));

      JsonNode found = JSON.readTree(answer.body());
      assertThat(found.get("active").asBoolean()).isTrue();
      assertThat(found.get("scope").asText()).isEqualTo("system/Device.r");
      assertThat(found.get("client_id").asText()).isEqualTo("demo-ehr");
    }

    private HttpResponse<String> ask(String client, String scope) {
      return server.requestToken(client, server.secret(client), scope);
    }
  }

  @Nested
  class WithASession {

    @Test
    void aNurseReadsOverFhirButCannotWriteThere() throws Exception {
      String cookie = logIn("nurse");

      assertThat(server.send(fhir("Patient", cookie).GET()).statusCode()).isEqualTo(200);
      HttpResponse<String> refused =
          server.send(
              fhir("Patient", cookie)
                  .POST(BodyPublishers.ofString("{\"resourceType\":\"Patient\"}")));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(issueCode(refused)).isEqualTo("forbidden");
    }

    @Test
    void anEngineerSeesDevicesAndNoPatients() {
      String cookie = logIn("engineer");

      assertThat(server.send(fhir("Device", cookie).GET()).statusCode()).isEqualTo(200);
      assertThat(server.send(fhir("Patient", cookie).GET()).statusCode()).isEqualTo(403);
    }

    @Test
    void theLoginPageHasALabelForEachFieldAndNoScript() {
      HttpResponse<String> page = get("/login");

      assertThat(page.body())
          .contains(
              "<label for=\"username\">",
              "<label for=\"password\">",
              "<label for=\"code\">",
              "name=\"_csrf\"")
          .doesNotContain("<script");
      assertThat(page.headers().firstValue("Content-Security-Policy"))
          .hasValueSatisfying(
              policy ->
                  assertThat(policy).contains("default-src 'self'", "frame-ancestors 'none'"));
      assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(page.headers().firstValue("Set-Cookie"))
          .hasValueSatisfying(cookie -> assertThat(cookie).contains("HttpOnly", "SameSite=Lax"));
    }

    @Test
    void aLoginWithoutTheFormsTokenIsRefused() {
      assertThat(
              post("/login", "username=nurse&password=" + server.credentials().users().get("nurse"))
                  .statusCode())
          .isIn(401, 403);
    }

    private HttpRequest.Builder fhir(String path, String cookie) {
      return server.fhirRequest(path, null).header("Cookie", cookie);
    }

    @Test
    void theLoginAsksForACodeThatWorksOnce() {
      String code = server.freshCode("physician");

      assertThat(refusal("physician", password("physician"), "")).isEqualTo("/login?error");
      assertThat(refusal("physician", password("physician"), "12345")).isEqualTo("/login?error");
      assertThat(refusal("physician", "wrong", code)).isEqualTo("/login?error");
      String session = cookie(tryLogin("physician", password("physician"), code));
      assertThat(server.send(fhir("Patient", session).GET()).statusCode()).isEqualTo(200);
      assertThat(refusal("physician", password("physician"), code)).isEqualTo("/login?error");
    }

    @Test
    void theSessionOfARefusedLoginOpensNothing() {
      HttpResponse<String> page = get("/login");
      HttpResponse<String> answer = tryLogin(page, "physician", password("physician"), "000000");

      String session =
          answer.headers().firstValue("Set-Cookie").isPresent() ? cookie(answer) : cookie(page);
      assertThat(server.send(fhir("Patient", session).GET()).statusCode()).isEqualTo(401);
    }

    @Test
    void whoeverGuessesHasToWait() {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        answers.add(refusal("nobody-of-that-name", "guess", "000000"));
      }
      assertThat(answers.subList(0, 5)).containsOnly("/login?error");
      assertThat(answers).contains("/login?wait");
    }

    private String logIn(String user) {
      HttpResponse<String> answer = tryLogin(user, password(user), server.freshCode(user));
      assertThat(answer.headers().firstValue("Location")).hasValue(server.url() + "/");
      return cookie(answer);
    }

    private String password(String user) {
      return server.credentials().users().get(user);
    }

    private String refusal(String user, String password, String code) {
      String location =
          tryLogin(user, password, code).headers().firstValue("Location").orElseThrow();
      return location.substring(server.url().length());
    }

    private HttpResponse<String> tryLogin(String user, String password, String code) {
      return tryLogin(get("/login"), user, password, code);
    }

    private HttpResponse<String> tryLogin(
        HttpResponse<String> page, String user, String password, String code) {
      Matcher csrf = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"").matcher(page.body());
      assertThat(csrf.find()).isTrue();
      return server.send(
          HttpRequest.newBuilder(URI.create(server.url() + "/login"))
              .header("Cookie", cookie(page))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(
                  BodyPublishers.ofString(
                      "username="
                          + user
                          + "&password="
                          + password
                          + "&code="
                          + code
                          + "&_csrf="
                          + URLEncoder.encode(csrf.group(1), StandardCharsets.UTF_8))));
    }

    private static String cookie(HttpResponse<String> answer) {
      return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }
  }

  @Test
  void theSmartConfigurationSaysWhatWorks() throws Exception {
    JsonNode document = JSON.readTree(get("/fhir/.well-known/smart-configuration").body());

    assertThat(document.get("token_endpoint").asText()).isEqualTo(server.url() + "/oauth2/token");
    assertThat(document.get("grant_types_supported"))
        .extracting(JsonNode::asText)
        .containsExactly("client_credentials");
    assertThat(document.get("code_challenge_methods_supported"))
        .extracting(JsonNode::asText)
        .containsExactly("S256");
    assertThat(document.get("capabilities"))
        .extracting(JsonNode::asText)
        .contains("client-confidential-symmetric");
  }

  private static JWTClaimsSet claims(int secondsLeft) {
    Instant end = Instant.now().plusSeconds(secondsLeft);
    return new JWTClaimsSet.Builder()
        .subject("demo-admin")
        .claim("client_id", "demo-admin")
        .claim("tenant", "demo")
        .claim("scope", "system/*.cruds")
        .issueTime(Date.from(end.minusSeconds(300)))
        .expirationTime(Date.from(end))
        .build();
  }

  private static String signed(RSAKey key, String type, int secondsLeft) throws Exception {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType(type))
                .keyID(key.getKeyID())
                .build(),
            claims(secondsLeft));
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  private static String issueCode(HttpResponse<String> answer) throws Exception {
    JsonNode outcome = JSON.readTree(answer.body());
    assertThat(outcome.get("resourceType").asText()).isEqualTo("OperationOutcome");
    return outcome.at("/issue/0/code").asText();
  }

  private HttpResponse<String> get(String path) {
    return server.send(request(server.url() + path));
  }

  private HttpResponse<String> post(String path, String body) {
    return server.send(
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url));
  }
}
