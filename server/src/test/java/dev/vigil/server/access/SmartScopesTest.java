package dev.vigil.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmartScopesTest {

  @ParameterizedTest
  @CsvSource({
    "system/Observation.rs, system/Observation.rs",
    "system/*.cruds, system/*.cruds",
    "user/Patient.read, user/Patient.rs",
    "system/Observation.write, system/Observation.cud",
    "patient/*.*, patient/*.cruds"
  })
  void readsVersionTwoAndPutsVersionOneIntoItsWords(String text, String normal) {
    assertThat(SmartScope.parse(text)).map(SmartScope::toString).contains(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "system/Observation.sr",
        "system/Observation.rr",
        "system/Observation.",
        "system/Observation.x",
        "system/observation.r",
        "system/Observation.rs?category=laboratory",
        "client/Observation.r",
        "system/Observation",
        "openid",
        ""
      })
  void refusesWhatIsNoScopeItCanEnforce(String text) {
    assertThat(SmartScope.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "system/*.cruds, system/Observation.rs, true",
    "system/*.cruds, system/*.r, true",
    "system/*.rs, system/Observation.c, false",
    "system/Observation.cruds, system/*.r, false",
    "system/*.cruds, user/Observation.r, false",
    "system/*.s system/Patient.r, system/Patient.rs, true",
    "system/*.s system/Patient.r, system/Device.rs, false"
  })
  void coversWhatIsNarrowerAndNothingElse(String registered, String asked, boolean covered) {
    assertThat(SmartScopes.of(registered).covers(SmartScope.parse(asked).orElseThrow()))
        .isEqualTo(covered);
  }

  @Test
  void allowsPerTypeAndLetter() {
    SmartScopes gateway = SmartScopes.of("system/Observation.crus system/Patient.crs openid");

    assertThat(gateway.allows("Observation", Permission.CREATE)).isTrue();
    assertThat(gateway.allows("Observation", Permission.DELETE)).isFalse();
    assertThat(gateway.allows("Patient", Permission.UPDATE)).isFalse();
    assertThat(gateway.allows("Condition", Permission.READ)).isFalse();
    assertThat(gateway.allows(SmartScope.ANY_TYPE, Permission.READ)).isFalse();
  }
}
