package dev.vigil.server.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * Remembers whose signature was found to be ours: a device sends the same token with each reading,
 * and to verify it again costs as much as the reading. Whether a token holds now is asked each
 * time.
 */
final class VerifiedTokens implements JwtDecoder {

  private static final int MOST = 1_000;

  private final JwtDecoder signatures;
  private final OAuth2TokenValidator<Jwt> validator;
  private final Map<String, Jwt> verified =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Jwt> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param signatures throws at a token that is not ours; always gives the same for one that is
   * @param validator of what may change with time
   */
  VerifiedTokens(JwtDecoder signatures, OAuth2TokenValidator<Jwt> validator) {
    this.signatures = signatures;
    this.validator = validator;
  }

  @Override
  public Jwt decode(String token) {
    Jwt known;
    synchronized (verified) {
      known = verified.get(token);
    }
    Jwt jwt = known == null ? signatures.decode(token) : known;
    OAuth2TokenValidatorResult result = validator.validate(jwt);
    if (result.hasErrors()) {
      synchronized (verified) {
        verified.remove(token);
      }
      throw new JwtValidationException("the token does not hold now", result.getErrors());
    }
    if (known == null) {
      synchronized (verified) {
        verified.put(token, jwt);
      }
    }
    return jwt;
  }
}
