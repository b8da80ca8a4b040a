package dev.vigil.server.auth;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Tenants;
import dev.vigil.server.access.VigilUser;
import dev.vigil.server.database.DatabaseProperties;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;

/** Keys, clients, accounts and tokens of the authorization server. All but the key is in memory. */
@Configuration(proxyBeanMethods = false)
class AuthConfiguration {

  private static final Logger log = LoggerFactory.getLogger(AuthConfiguration.class);

  /** RFC 9068: tells an access token from an identity token that the same key signed. */
  private static final JOSEObjectType ACCESS_TOKEN_TYPE = new JOSEObjectType("at+jwt");

  @Bean
  PasswordEncoder passwordEncoder() {
    return PasswordEncoderFactories.createDelegatingPasswordEncoder();
  }

  @Bean
  @ConditionalOnProperty("vigil.demo.enabled")
  DemoCredentials demoCredentials(DatabaseProperties files) {
    return DemoCredentials.create(files.data());
  }

  @Bean
  RegisteredClients registeredClients(
      AuthProperties properties,
      ObjectProvider<DemoCredentials> demo,
      @Value("${server.port:8080}") int port) {
    RegisteredClients clients = new RegisteredClients().declared(properties.clients());
    demo.ifAvailable(
        credentials ->
            clients.demo(
                credentials,
                properties.issuer().isBlank() ? "http://localhost:" + port : properties.issuer()));
    if (clients.tenants().isEmpty()) {
      log.warn(
          "nobody can log in: declare the first client by vigil.auth.clients[0].id, .secret-hash"
              + " (bcrypt), .tenant and .scopes=system/*.cruds, or start the demo");
    }
    return clients;
  }

  /**
   * The only way for people to log in. Accounts exist in the demo only, so far; each has a second
   * factor. No UserDetailsService is a bean: Spring would accept its passwords without the code.
   */
  @Bean
  PasswordAndCode passwordAndCode(
      ObjectProvider<DemoCredentials> demo, PasswordEncoder encoder, Clock clock) {
    DemoCredentials credentials = demo.getIfAvailable();
    return new PasswordAndCode(
        accounts(credentials == null ? Map.of() : credentials.users(), encoder),
        encoder,
        new OneTimeCodes(credentials == null ? Map.of() : credentials.secondFactors()),
        clock);
  }

  /**
   * A fresh copy each time: Spring wipes the password. Hashed when first asked for: all at once
   * would hold up the start by a second.
   */
  private static UserDetailsService accounts(
      Map<String, String> passwords, PasswordEncoder encoder) {
    Map<String, String> hashes = new ConcurrentHashMap<>();
    return name -> {
      if (!passwords.containsKey(name)) {
        throw new UsernameNotFoundException("no such account");
      }
      return new VigilUser(
          name,
          hashes.computeIfAbsent(name, user -> encoder.encode(passwords.get(user))),
          DemoIdentities.TENANT,
          DemoIdentities.role(name),
          DemoIdentities.displayName(name));
    };
  }

  /** Before the first request can come in. */
  @Bean
  SmartInitializingSingleton tenantsOfClients(
      RegisteredClients clients, Tenants tenants, CompletableFuture<JWKSet> signingKeys) {
    return () -> {
      clients.tenants().forEach(tenants::open);
      signingKeys.join();
    };
  }

  @Bean
  OAuth2AuthorizationService authorizationService() {
    return new ShortLivedAuthorizations(Clock.systemUTC());
  }

  @Bean
  AuthorizationServerSettings authorizationServerSettings(AuthProperties properties) {
    AuthorizationServerSettings.Builder settings = AuthorizationServerSettings.builder();
    return properties.issuer().isBlank()
        ? settings.build()
        : settings.issuer(properties.issuer()).build();
  }

  /** To find a new RSA key takes a second or more: meanwhile the wiring goes on. */
  @Bean
  CompletableFuture<JWKSet> signingKeys(DatabaseProperties files) {
    return CompletableFuture.supplyAsync(() -> new JWKSet(SigningKey.loadOrCreate(files.data())));
  }

  @Bean
  JWKSource<SecurityContext> jwkSource(CompletableFuture<JWKSet> signingKeys) {
    return (selector, context) -> selector.select(signingKeys.join());
  }

  /**
   * Accepts what this server signed as an access token, to the second. The algorithm is ours to
   * choose, not the token's.
   */
  @Bean
  JwtDecoder jwtDecoder(JWKSource<SecurityContext> keys) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(ACCESS_TOKEN_TYPE));
    processor.setJWTClaimsSetVerifier((claims, context) -> {});
    NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(jwt -> OAuth2TokenValidatorResult.success());
    return new VerifiedTokens(decoder, new JwtTimestampValidator(Duration.ZERO));
  }

  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> tokenClaims() {
    return context -> {
      if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
        return;
      }
      RegisteredClient client = context.getRegisteredClient();
      context.getJwsHeader().type(ACCESS_TOKEN_TYPE.getType());
      context
          .getClaims()
          .claim("scope", String.join(" ", context.getAuthorizedScopes()))
          .claim(AccessDecision.CLIENT_CLAIM, client.getClientId())
          .claim(AccessDecision.TENANT_CLAIM, RegisteredClients.tenant(client).value());
    };
  }
}
