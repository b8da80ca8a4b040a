package dev.vigil.server.auth;

import dev.vigil.server.access.SmartScope;
import dev.vigil.server.access.SmartScopes;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;

/**
 * The client credentials grant with SMART's scopes, where {@code system/Observation.rs} lies within
 * a registered {@code system/*.cruds}. Spring's own check knows only equal strings. Asking for none
 * grants all that is registered (RFC 6749, section 3.3 leaves that to the server); version 1 scopes
 * are granted in the words of version 2.
 */
final class SmartScopeGrant implements AuthenticationProvider {

  private final OAuth2ClientCredentialsAuthenticationProvider grant;

  SmartScopeGrant(OAuth2ClientCredentialsAuthenticationProvider grant) {
    this.grant = grant;
    grant.setAuthenticationValidator(alreadyChecked -> {});
  }

  @Override
  public Authentication authenticate(Authentication authentication) {
    OAuth2ClientCredentialsAuthenticationToken request =
        (OAuth2ClientCredentialsAuthenticationToken) authentication;
    if (!(request.getPrincipal() instanceof OAuth2ClientAuthenticationToken client)
        || client.getRegisteredClient() == null) {
      throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
    }
    Set<String> granted = narrow(client.getRegisteredClient(), request.getScopes());
    return grant.authenticate(
        new OAuth2ClientCredentialsAuthenticationToken(
            client, granted, request.getAdditionalParameters()));
  }

  private static Set<String> narrow(RegisteredClient client, Set<String> requested) {
    return narrow(client.getScopes(), requested);
  }

  /**
   * What to grant, in the order it was asked for.
   *
   * @throws OAuth2AuthenticationException {@code invalid_scope} if anything is no scope or beyond
   *     what is registered
   */
  static Set<String> narrow(Set<String> registered, Set<String> requested) {
    if (requested.isEmpty()) {
      return registered;
    }
    SmartScopes most = SmartScopes.of(registered);
    Set<String> granted = new LinkedHashSet<>();
    for (String text : requested) {
      SmartScope scope =
          SmartScope.parse(text).filter(most::covers).orElseThrow(SmartScopeGrant::refusal);
      granted.add(scope.toString());
    }
    return granted;
  }

  private static OAuth2AuthenticationException refusal() {
    return new OAuth2AuthenticationException(
        new OAuth2Error(
            OAuth2ErrorCodes.INVALID_SCOPE,
            "a requested scope is malformed or beyond what the client is registered for",
            "https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html"));
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return OAuth2ClientCredentialsAuthenticationToken.class.isAssignableFrom(authentication);
  }
}
