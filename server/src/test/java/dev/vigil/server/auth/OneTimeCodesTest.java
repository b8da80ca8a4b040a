package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneTimeCodesTest {

  /** The key of RFC 6238, appendix B: the digits 1 to 0 twice. */
  private static final Map<String, String> RFC =
      Map.of("nurse", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");

  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_015);

  private final OneTimeCodes codes = new OneTimeCodes(RFC);

  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037"
  })
  void theVectorsOfTheRfcInSixDigits(long seconds, String code) {
    assertThat(codes.code("nurse", Instant.ofEpochSecond(seconds))).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"-60, false", "-30, true", "0, true", "30, true", "60, false"})
  void aClockMayBeOffByOneStep(long seconds, boolean taken) {
    assertThat(codes.take("nurse", codes.code("nurse", NOW.plusSeconds(seconds)), NOW))
        .isEqualTo(taken);
  }

  @Test
  void aCodeAndEveryEarlierOneWorkOnce() {
    String earlier = codes.code("nurse", NOW.minusSeconds(30));
    String present = codes.code("nurse", NOW);

    assertThat(codes.take("nurse", present, NOW)).isTrue();
    assertThat(codes.take("nurse", present, NOW)).isFalse();
    assertThat(codes.take("nurse", earlier, NOW)).isFalse();
    assertThat(codes.take("nurse", codes.code("nurse", NOW.plusSeconds(30)), NOW)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"''", "000000", "28708", "abcdef"})
  void anythingElseIsRefused(String code) {
    assertThat(codes.take("nurse", code, Instant.ofEpochSecond(59))).isFalse();
  }

  @Test
  void whoHasNoSecretHasNoCode() {
    assertThat(codes.take("nobody", "287082", Instant.ofEpochSecond(59))).isFalse();
    assertThatThrownBy(() -> codes.code("nobody", NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
