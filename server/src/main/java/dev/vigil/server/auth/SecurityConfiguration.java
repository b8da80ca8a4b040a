package dev.vigil.server.auth;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.server.access.VigilUser;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.web.DefaultRedirectStrategy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The filter chains. The first whose matcher fits has the request; each ends in "authenticated" or
 * "denied", so an endpoint that nobody thought of asks.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {

  private static final String CONTENT_SECURITY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

  /** The page that HAPI's OpenAPI module brings has a script and styles inside. */
  private static final String CONTENT_SECURITY_OF_API_PAGE =
      "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

  private static final RequestMatcher API_PAGE = RequestPaths.under("/fhir/swagger-ui");

  /** What people without an account may read on the dashboard's side. */
  private static final RequestMatcher OPEN =
      new OrRequestMatcher(
          RequestPaths.under("/login"),
          RequestPaths.readingUnder("/webjars"),
          RequestPaths.readingUnder("/css"),
          RequestPaths.readingUnder("/js"),
          RequestPaths.readingUnder("/images"),
          RequestPaths.reading("/favicon.ico"),
          RequestPaths.reading("/favicon.svg"),
          RequestPaths.reading("/app/launch.html"),
          RequestPaths.reading("/cds-services"));

  private static final RequestMatcher OPEN_FHIR =
      new OrRequestMatcher(
          RequestPaths.reading("/fhir/metadata"), RequestPaths.readingUnder("/fhir/.well-known"));

  /** Requests are observed as a whole; to observe each filter too costs as much as the filters. */
  @Bean
  SecurityObservationSettings securityObservations() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  static NoLookAtEndpoints noLookAtEndpoints(ApplicationContext application) {
    return new NoLookAtEndpoints(application);
  }

  @Bean
  ManagementPort managementPort() {
    return new ManagementPort();
  }

  /** The actuator's port: nothing but what is listed, and no way to log in. */
  @Bean
  @Order(1)
  SecurityFilterChain management(HttpSecurity http, ManagementPort port) throws Exception {
    return headers(http)
        .securityMatcher(port)
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(
                        RequestPaths.readingUnder("/actuator/health"),
                        RequestPaths.reading("/actuator/prometheus"))
                    .permitAll()
                    .anyRequest()
                    .denyAll())
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .exceptionHandling(
            refusals ->
                refusals.authenticationEntryPoint(
                    new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)))
        .build();
  }

  /** Tokens: the endpoints of Spring Authorization Server. */
  @Bean
  @Order(2)
  SecurityFilterChain authorizationServer(HttpSecurity http) throws Exception {
    OAuth2AuthorizationServerConfigurer server =
        OAuth2AuthorizationServerConfigurer.authorizationServer();
    headers(http)
        .securityMatcher(server.getEndpointsMatcher())
        .with(
            server,
            it ->
                it.oidc(Customizer.withDefaults())
                    .tokenEndpoint(
                        token ->
                            token.authenticationProviders(
                                providers ->
                                    providers.replaceAll(
                                        provider ->
                                            provider
                                                    instanceof
                                                    OAuth2ClientCredentialsAuthenticationProvider
                                                        grant
                                                ? new SmartScopeGrant(grant)
                                                : provider))))
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .exceptionHandling(
            refusals ->
                refusals
                    .defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"), htmlWanted())
                    .defaultAuthenticationEntryPointFor(
                        new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED),
                        AnyRequestMatcher.INSTANCE));
    return http.build();
  }

  /** FHIR: a token does what its scopes say, a session reads. */
  @Bean
  @Order(3)
  SecurityFilterChain fhir(HttpSecurity http) throws Exception {
    FhirRefusals refusals = new FhirRefusals();
    return headers(http)
        .securityMatcher(RequestPaths.under("/fhir"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(OPEN_FHIR)
                    .permitAll()
                    .anyRequest()
                    .access(tokenOrReadingSession()))
        .oauth2ResourceServer(
            resource ->
                resource
                    .jwt(Customizer.withDefaults())
                    .authenticationEntryPoint(refusals)
                    .accessDeniedHandler(refusals))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        // Reads a session that is there, makes none. A session cannot write, so there is nothing
        // to forge.
        .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.NEVER))
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .build();
  }

  /** People: everything else. */
  @Bean
  @Order(4)
  SecurityFilterChain people(HttpSecurity http) throws Exception {
    return headers(http)
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers(OPEN)
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .formLogin(
            form ->
                form.loginPage("/login")
                    .authenticationDetailsSource(LoginDetails::new)
                    .failureHandler(SecurityConfiguration::refuseLogin))
        .logout(logout -> logout.logoutSuccessUrl("/login?logout"))
        .exceptionHandling(
            refusals ->
                refusals
                    .defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"), htmlWanted())
                    .defaultAuthenticationEntryPointFor(
                        new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED),
                        AnyRequestMatcher.INSTANCE))
        .build();
  }

  @Bean
  ServletRegistrationBean<SmartConfigurationServlet> smartConfiguration(
      ObjectMapper mapper, AuthProperties properties) {
    ServletRegistrationBean<SmartConfigurationServlet> registration =
        new ServletRegistrationBean<>(
            new SmartConfigurationServlet(mapper, properties.issuer()),
            SmartConfigurationServlet.PATH);
    registration.setName("smart-configuration");
    return registration;
  }

  private static AuthorizationManager<RequestAuthorizationContext> tokenOrReadingSession() {
    return (authentication, context) ->
        new AuthorizationDecision(
            authentication.get() instanceof JwtAuthenticationToken token
                ? token.isAuthenticated()
                : authentication.get().getPrincipal() instanceof VigilUser
                    && RequestPaths.isRead(context.getRequest()));
  }

  private static void refuseLogin(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException refusal)
      throws IOException {
    boolean wait = refusal instanceof LockedException;
    new DefaultRedirectStrategy()
        .sendRedirect(request, response, wait ? "/login?wait" : "/login?error");
  }

  private static RequestMatcher htmlWanted() {
    MediaTypeRequestMatcher html = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
    html.setIgnoredMediaTypes(Set.of(MediaType.ALL));
    return html;
  }

  private static HttpSecurity headers(HttpSecurity http) throws Exception {
    return http.headers(
        headers ->
            headers
                .addHeaderWriter(SecurityConfiguration::writeContentSecurity)
                .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)));
  }

  private static void writeContentSecurity(
      HttpServletRequest request, HttpServletResponse response) {
    response.setHeader(
        "Content-Security-Policy",
        API_PAGE.matches(request) ? CONTENT_SECURITY_OF_API_PAGE : CONTENT_SECURITY);
  }
}
