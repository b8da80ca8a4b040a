package dev.vigil.server.access;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.Actor;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * What one caller may do, made from the {@code Authentication} in this one place. Every gate asks
 * this value; none looks at tokens or roles itself.
 *
 * <p>A client with a token of its own counts by its {@code system/} scopes. A person with a session
 * counts by role, see {@link RoleScopes}. A token that an app got for a person allows nothing yet.
 *
 * @param actor who it is, for the log
 * @param tenant whose data it may touch
 * @param scopes what it may do there
 * @param system whether the caller is a client of its own right, not a person
 */
public record AccessDecision(Actor actor, TenantId tenant, SmartScopes scopes, boolean system) {

  /** Claim of an access token that names the tenant. */
  public static final String TENANT_CLAIM = "tenant";

  /** Claim of an access token that names the client (RFC 9068). */
  public static final String CLIENT_CLAIM = "client_id";

  /**
   * The decision for a caller.
   *
   * @return empty if nobody is authenticated, or the token names no tenant
   */
  public static Optional<AccessDecision> of(Authentication authentication) {
    if (authentication == null || !authentication.isAuthenticated()) {
      return Optional.empty();
    }
    if (authentication instanceof JwtAuthenticationToken token) {
      return of(token.getToken());
    }
    if (authentication.getPrincipal() instanceof VigilUser user) {
      return Optional.of(
          new AccessDecision(actor(user), user.tenant(), RoleScopes.of(user.role()), false));
    }
    return Optional.empty();
  }

  /** The decision for the caller of the current thread; empty as in {@link #of}. */
  public static Optional<AccessDecision> current() {
    return of(SecurityContextHolder.getContext().getAuthentication());
  }

  /**
   * The decision for the caller of the current thread.
   *
   * @throws ProblemException FORBIDDEN if nobody is authenticated
   */
  public static AccessDecision required() {
    return current()
        .orElseThrow(
            () ->
                new ProblemException(
                    new Problem(Problem.Kind.FORBIDDEN, "", "nobody is logged in")));
  }

  private static Optional<AccessDecision> of(Jwt token) {
    String client = token.getClaimAsString(CLIENT_CLAIM);
    String tenant = token.getClaimAsString(TENANT_CLAIM);
    if (client == null || tenant == null) {
      return Optional.empty();
    }
    boolean system = client.equals(token.getSubject());
    String scope = token.getClaimAsString("scope");
    SmartScopes scopes =
        system && scope != null
            ? SmartScopes.of(scope).of(SmartScopes.Context.SYSTEM)
            : SmartScopes.NONE;
    Actor actor =
        system
            ? new Actor("Device/" + client, client)
            : new Actor("Practitioner/" + token.getSubject(), token.getSubject());
    return Optional.of(new AccessDecision(actor, new TenantId(tenant), scopes, system));
  }

  private static Actor actor(VigilUser user) {
    return new Actor(
        "Practitioner/" + user.getUsername().toLowerCase(Locale.ROOT), user.displayName());
  }

  /** Whether the caller may do this to resources of a type; {@code *} asks for all types. */
  public boolean allows(String type, Permission permission) {
    return scopes.allows(type, permission);
  }

  /** Whether the caller may read and search every type, as exports and GraphQL need. */
  public boolean readsEverything() {
    return allows(SmartScope.ANY_TYPE, Permission.READ)
        && allows(SmartScope.ANY_TYPE, Permission.SEARCH);
  }

  /** Whether the caller may delete resources of every type, as the erasure of a person needs. */
  public boolean deletesEverything() {
    return allows(SmartScope.ANY_TYPE, Permission.DELETE);
  }

  /** Whether there is a type that the caller may read and search. */
  public boolean readsSomething() {
    return types().anyMatch(this::reads);
  }

  /** Whether the caller may read and search a type: what an export gives of it. */
  public boolean reads(String type) {
    return allows(type, Permission.READ) && allows(type, Permission.SEARCH);
  }

  /** Whether there is a type of which the caller may create or update resources. */
  public boolean writesSomething() {
    return types()
        .anyMatch(type -> allows(type, Permission.CREATE) || allows(type, Permission.UPDATE));
  }

  /**
   * Whether the caller may ask this of a type: a search with chains asks something of other types
   * too.
   *
   * @param url with or without the type before the question mark
   */
  public boolean allowsSearch(String type, String url, FhirContext context) {
    return new SearchReach(this).allowsUrl(type, url, context);
  }

  /**
   * Whether the caller may call an operation on a type.
   *
   * @param operation with its dollar sign
   */
  public boolean allowsOperation(String operation, String type) {
    return FhirOperationAccess.allows(operation, type, this);
  }

  private Stream<String> types() {
    return scopes.scopes().stream().map(SmartScope::type);
  }
}
