package dev.vigil.server.auth;

import dev.vigil.core.TenantId;
import dev.vigil.server.access.SmartScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/**
 * The registered clients: those of the settings and those of the demo. In memory, made anew at each
 * start; nobody registers a client at run time.
 */
final class RegisteredClients implements RegisteredClientRepository {

  /** Setting of a registered client that names its tenant. */
  private static final String TENANT_SETTING = "vigil.tenant";

  /** The most that SMART Backend Services wants (SMART App Launch 2.2, "Issue access token"). */
  static final Duration TOKEN_LIFETIME = Duration.ofSeconds(300);

  private final Map<String, RegisteredClient> byId = new ConcurrentHashMap<>();

  /** Adds the clients of the settings. */
  RegisteredClients declared(List<AuthProperties.DeclaredClient> clients) {
    for (AuthProperties.DeclaredClient client : clients) {
      add(
          confidential(
              client.id(), "{bcrypt}" + client.secretHash(), client.tenantId(), client.scopes()));
    }
    return this;
  }

  /**
   * Adds the clients of the demo. Their secrets are hashed by Spring when they are first used: all
   * at once would hold up the start by a second.
   */
  RegisteredClients demo(DemoCredentials credentials, String ownUrl) {
    for (String id : DemoIdentities.confidentialClients()) {
      add(
          confidential(
              id,
              "{noop}" + credentials.secret(id),
              DemoIdentities.TENANT,
              Set.of(DemoIdentities.scopes(id).split(" "))));
    }
    add(demoApp(ownUrl));
    return this;
  }

  /** Tenants that have a client. */
  Set<TenantId> tenants() {
    return byId.values().stream().map(RegisteredClients::tenant).collect(Collectors.toSet());
  }

  /** Whose data a client may touch. */
  static TenantId tenant(RegisteredClient client) {
    return new TenantId(client.getClientSettings().getSetting(TENANT_SETTING));
  }

  /** Spring calls it when it hashes a secret anew, with a stronger setting. */
  @Override
  public void save(RegisteredClient client) {
    byId.put(client.getClientId(), client);
  }

  /** The id is the client id. */
  @Override
  public RegisteredClient findById(String id) {
    return byId.get(id);
  }

  @Override
  public RegisteredClient findByClientId(String clientId) {
    return byId.get(clientId);
  }

  private void add(RegisteredClient client) {
    if (byId.put(client.getClientId(), client) != null) {
      throw new IllegalStateException("two clients are named " + client.getClientId());
    }
  }

  private static RegisteredClient confidential(
      String id, String encodedSecret, TenantId tenant, Set<String> scopes) {
    List<String> normal = new ArrayList<>();
    for (String scope : scopes) {
      normal.add(
          SmartScope.parse(scope)
              .orElseThrow(
                  () -> new IllegalStateException("client " + id + ": no SMART scope: " + scope))
              .toString());
    }
    return RegisteredClient.withId(id)
        .clientId(id)
        .clientName(id)
        .clientSecret(encodedSecret)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .scopes(registered -> registered.addAll(normal))
        .clientSettings(ClientSettings.builder().setting(TENANT_SETTING, tenant.value()).build())
        .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(TOKEN_LIFETIME).build())
        .build();
  }

  /** Public, with PKCE. Spring lets a loopback address in numbers have any port. */
  private static RegisteredClient demoApp(String ownUrl) {
    return RegisteredClient.withId(DemoIdentities.APP)
        .clientId(DemoIdentities.APP)
        .clientName("Vigil demo app")
        .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .redirectUri(ownUrl + "/app/")
        .redirectUri("http://127.0.0.1/")
        .scope(OidcScopes.OPENID)
        .scope("fhirUser")
        .scope("launch")
        .scope("launch/patient")
        .scope("patient/*.rs")
        .scope("user/*.rs")
        .clientSettings(
            ClientSettings.builder()
                .requireProofKey(true)
                .requireAuthorizationConsent(true)
                .setting(TENANT_SETTING, DemoIdentities.TENANT.value())
                .build())
        .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(TOKEN_LIFETIME).build())
        .build();
  }
}
