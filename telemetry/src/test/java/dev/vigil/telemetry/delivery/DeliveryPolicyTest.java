package dev.vigil.telemetry.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeliveryPolicyTest {

  @Test
  void doublesThePauseFromOneSecondToTenMinutes() {
    DeliveryPolicy policy = DeliveryPolicy.standard();

    assertThat(policy.pauseAfter(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.pauseAfter(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(policy.pauseAfter(10)).isEqualTo(Duration.ofSeconds(512));
    assertThat(policy.pauseAfter(11)).isEqualTo(Duration.ofMinutes(10));
    assertThat(policy.pauseAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(10));
    assertThat(policy.giveUpAfter()).isEqualTo(Duration.ofDays(3));
  }
}
