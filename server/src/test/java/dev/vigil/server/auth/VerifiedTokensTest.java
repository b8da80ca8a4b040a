package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;

class VerifiedTokensTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicInteger verified = new AtomicInteger();
  private final AtomicReference<Clock> clock =
      new AtomicReference<>(Clock.fixed(NOW, ZoneOffset.UTC));
  private VerifiedTokens tokens;

  @BeforeEach
  void open() {
    JwtTimestampValidator validator = new JwtTimestampValidator(Duration.ZERO);
    tokens =
        new VerifiedTokens(
            this::signed,
            jwt -> {
              validator.setClock(clock.get());
              return validator.validate(jwt);
            });
  }

  private Jwt signed(String token) {
    verified.incrementAndGet();
    if (token.startsWith("forged")) {
      throw new BadJwtException("forged");
    }
    return Jwt.withTokenValue(token)
        .header("alg", "RS256")
        .subject(token)
        .issuedAt(NOW.minusSeconds(60))
        .expiresAt(NOW.plusSeconds(60))
        .build();
  }

  @Test
  void aSignatureIsVerifiedOnce() {
    assertThat(tokens.decode("a").getSubject()).isEqualTo("a");
    assertThat(tokens.decode("a").getSubject()).isEqualTo("a");
    assertThat(tokens.decode("b").getSubject()).isEqualTo("b");
    assertThat(verified).hasValue(2);
  }

  @Test
  void aTokenThatWasVerifiedBeforeExpiresAllTheSame() {
    tokens.decode("a");
    clock.set(Clock.fixed(NOW.plusSeconds(61), ZoneOffset.UTC));
    assertThatThrownBy(() -> tokens.decode("a")).isInstanceOf(JwtValidationException.class);
    assertThatThrownBy(() -> tokens.decode("a")).isInstanceOf(JwtValidationException.class);
    assertThat(verified).as("it is forgotten").hasValue(2);
  }

  @Test
  void aForgedOneIsRefusedEachTime() {
    assertThatThrownBy(() -> tokens.decode("forged")).isInstanceOf(BadJwtException.class);
    assertThatThrownBy(() -> tokens.decode("forged")).isInstanceOf(BadJwtException.class);
    assertThat(verified).hasValue(2);
  }
}
