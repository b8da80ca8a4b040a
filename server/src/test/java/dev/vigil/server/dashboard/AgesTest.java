package dev.vigil.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.900Z");

  @ParameterizedTest
  @CsvSource({
    "-5, 0 s",
    "0, 0 s",
    "59, 59 s",
    "60, 1 min 0 s",
    "3599, 59 min 59 s",
    "3600, 1 h 0 min",
    "86399, 23 h 59 min",
    "90000, 1 d 1 h"
  })
  void areToldInTwoWordsAtMost(long seconds, String words) {
    assertThat(new Ages(NOW).of(NOW.minusSeconds(seconds))).isEqualTo(words);
  }
}
