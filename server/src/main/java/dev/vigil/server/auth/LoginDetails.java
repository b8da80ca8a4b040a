package dev.vigil.server.auth;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** What the login form sends beside name and password. Never kept in a session. */
final class LoginDetails extends WebAuthenticationDetails {

  private static final long serialVersionUID = 1L;

  private final transient String code;

  LoginDetails(HttpServletRequest request) {
    super(request);
    this.code = Objects.requireNonNullElse(request.getParameter("code"), "").replace(" ", "");
  }

  String code() {
    return code;
  }

  /** The session and address alone, to be kept. */
  WebAuthenticationDetails withoutCode() {
    return new WebAuthenticationDetails(getRemoteAddress(), getSessionId());
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && other instanceof LoginDetails details
        && Objects.equals(code, details.code);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
