package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ca.uhn.fhir.jpa.model.dao.JpaPid;
import dev.vigil.telemetry.observation.ObservationKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticPidTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1L << 42, (105_000L << 42) | 7, (1L << 61) - 1})
  void goesBothWays(long value) {
    ObservationKey key = new ObservationKey(value);

    JpaPid pid = SyntheticPid.of(key, 3);

    assertThat(SyntheticPid.isOne(pid.getId())).isTrue();
    assertThat(SyntheticPid.key(pid.getId())).isEqualTo(key);
    assertThat(pid.getPartitionId()).isEqualTo(3);
    assertThat(pid.getResourceType()).isEqualTo("Observation");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, Integer.MAX_VALUE, (1L << 62) - 1, Long.MIN_VALUE})
  void leavesHapisNumbersAlone(long number) {
    assertThat(SyntheticPid.isOne(number)).isFalse();
    assertThatThrownBy(() -> SyntheticPid.key(number)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noNumberIsNone() {
    assertThat(SyntheticPid.isOne(null)).isFalse();
  }
}
