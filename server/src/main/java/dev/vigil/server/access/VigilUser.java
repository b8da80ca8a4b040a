package dev.vigil.server.access;

import dev.vigil.core.TenantId;
import java.util.List;
import java.util.Objects;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.userdetails.User;

/** A person with an account: the principal of a session. */
public final class VigilUser extends User {

  private static final long serialVersionUID = 1L;

  private final String tenant;
  private final Role role;
  private final String displayName;

  /**
   * An account.
   *
   * @param name for the login; also the id of the FHIR Practitioner
   * @param encodedPassword never the password itself
   */
  public VigilUser(
      String name, String encodedPassword, TenantId tenant, Role role, String displayName) {
    super(name, encodedPassword, List.of(new SimpleGrantedAuthority("ROLE_" + role.name())));
    this.tenant = tenant.value();
    this.role = Objects.requireNonNull(role, "role");
    this.displayName = Objects.requireNonNull(displayName, "displayName");
  }

  /** Whose data this person may see. */
  public TenantId tenant() {
    return new TenantId(tenant);
  }

  /** What this person is. */
  public Role role() {
    return role;
  }

  /** For people to read. */
  public String displayName() {
    return displayName;
  }

  @Override
  public String toString() {
    return "VigilUser[role=" + role + "]";
  }

  /** Two accounts are the same when their login name is; as the session registry expects. */
  @Override
  public boolean equals(Object other) {
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
