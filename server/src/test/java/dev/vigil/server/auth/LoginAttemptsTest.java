package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginAttemptsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final LoginAttempts attempts = new LoginAttempts();

  @Test
  void theFifthFailureInARowCostsASecondAndEachMoreTwiceAsMuch() {
    fail(4);
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW)).isFalse();
    fail(1);
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW.plusMillis(999))).isTrue();
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW.plusMillis(1000))).isFalse();
    fail(1);
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW.plusMillis(1999))).isTrue();
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW.plusMillis(2000))).isFalse();
  }

  @Test
  void nobodyWaitsLongerThanFiveMinutes() {
    fail(100);
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW.plusSeconds(299))).isTrue();
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW.plusSeconds(300))).isFalse();
  }

  @Test
  void neitherAnotherAddressNorAnotherNameWaits() {
    fail(20);
    assertThat(attempts.mustWait("nurse", "10.0.0.2", NOW)).isFalse();
    assertThat(attempts.mustWait("physician", "10.0.0.1", NOW)).isFalse();
  }

  @Test
  void aLoginThatWorksForgetsTheFailures() {
    fail(4);
    attempts.succeeded("nurse", "10.0.0.1");
    fail(4);
    assertThat(attempts.mustWait("nurse", "10.0.0.1", NOW)).isFalse();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      attempts.failed("nurse", "10.0.0.1", NOW);
    }
  }
}
