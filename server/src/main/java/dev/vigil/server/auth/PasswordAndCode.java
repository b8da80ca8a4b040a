package dev.vigil.server.auth;

import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * The login of people: name, password and the code of their authenticator app in one step, so that
 * nobody is ever half signed in. Which of the three was wrong is not told.
 */
final class PasswordAndCode extends DaoAuthenticationProvider {

  private static final Logger log = LoggerFactory.getLogger(PasswordAndCode.class);

  private final OneTimeCodes codes;
  private final LoginAttempts attempts = new LoginAttempts();
  private final Clock clock;

  PasswordAndCode(
      UserDetailsService accounts, PasswordEncoder encoder, OneTimeCodes codes, Clock clock) {
    super(accounts);
    setPasswordEncoder(encoder);
    this.codes = codes;
    this.clock = clock;
  }

  /**
   * Signs a person in.
   *
   * @throws LockedException if this name failed too often from this address; the password was not
   *     looked at
   */
  @Override
  public Authentication authenticate(Authentication login) {
    LoginDetails details = (LoginDetails) login.getDetails();
    String name = login.getName();
    String address = details.getRemoteAddress();
    if (attempts.mustWait(name, address, clock.instant())) {
      throw new LockedException("too many failed logins");
    }
    try {
      Authentication person = super.authenticate(login);
      ((UsernamePasswordAuthenticationToken) person).setDetails(details.withoutCode());
      attempts.succeeded(name, address);
      return person;
    } catch (AuthenticationException e) {
      attempts.failed(name, address, clock.instant());
      log.info("login refused address={}", address);
      throw e;
    }
  }

  @Override
  protected void additionalAuthenticationChecks(
      UserDetails user, UsernamePasswordAuthenticationToken login) {
    super.additionalAuthenticationChecks(user, login);
    String code = ((LoginDetails) login.getDetails()).code();
    if (!codes.take(user.getUsername(), code, clock.instant())) {
      throw new BadCredentialsException("the code is wrong or was used before");
    }
  }
}
