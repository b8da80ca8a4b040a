package dev.vigil.server.auth;

import dev.vigil.core.TenantId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The authorization server.
 *
 * @param issuer base URL of this server as clients see it, without a slash at the end; empty to
 *     take it from each request, which is fine as long as no proxy changes the host
 * @param clients confidential clients that are always there; {@code ./vigil serve} has no others
 */
@Validated
@ConfigurationProperties("vigil.auth")
public record AuthProperties(
    @DefaultValue("") String issuer, @DefaultValue List<@Valid DeclaredClient> clients) {

  /**
   * A client that may use the client credentials grant.
   *
   * @param id its client id
   * @param secretHash bcrypt hash of its secret, for example made by {@code htpasswd -nbBC 10 x
   *     SECRET}; the secret itself is kept nowhere
   * @param tenant whose data it may touch
   * @param scopes the most it may ask for, as SMART scopes such as {@code system/Observation.crus}
   */
  public record DeclaredClient(
      @NotBlank String id,
      @NotBlank @Pattern(regexp = "\\$2[aby]\\$\\d\\d\\$.{53}", message = "is no bcrypt hash")
          String secretHash,
      @NotBlank String tenant,
      @NotEmpty Set<String> scopes) {

    TenantId tenantId() {
      return new TenantId(tenant);
    }

    /** Hides the hash. */
    @Override
    public String toString() {
      return "DeclaredClient[id=" + id + ", tenant=" + tenant + "]";
    }
  }
}
