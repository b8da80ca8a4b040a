package dev.vigil.server.fhir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberLimitTest {

  @ParameterizedTest
  @ValueSource(strings = {"{\"value\":1e9999}", "[1E+1000]", "[-0.5e-12345]", "[1e0001]", "1e9999"})
  void findsExponentsOfMoreThanThreeDigits(String json) {
    assertThat(NumberLimit.hasHugeNumber(json.getBytes(UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"value\":1e999}",
        "[6.30, 1E-308, 12345]",
        "{\"id\":\"1e99999\"}",
        "{\"text\":\"a \\\" 1e99999\"}",
        "{\"text\":\"ends with \\\\\",\"n\":1}",
        "[true, false, null]",
        "1e",
        "\"1e9999",
        ""
      })
  void passesEverythingElse(String json) {
    assertThat(NumberLimit.hasHugeNumber(json.getBytes(UTF_8))).isFalse();
  }
}
