package dev.vigil.hl7.er7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class IdentifierSystemsTest {

  private final IdentifierSystems systems =
      new IdentifierSystems(Map.of("HOSP", "https://hospital.example/mrn"));

  @Test
  void namesSystemsByAuthority() {
    assertThat(systems.system("HOSP", "", "")).contains("https://hospital.example/mrn");
    assertThat(systems.system("X", "1.2.3", "ISO")).contains("urn:oid:1.2.3");
    assertThat(systems.system("Imaginary Hospital", "", ""))
        .contains("urn:vigil:hl7:Imaginary%20Hospital");
    assertThat(systems.system("", "", "")).isEmpty();
  }

  @Test
  void namesAuthoritiesBySystem() {
    assertThat(systems.authority("https://hospital.example/mrn", '&')).isEqualTo("HOSP");
    assertThat(systems.authority("urn:oid:1.2.3", '&')).isEqualTo("&1.2.3&ISO");
    assertThat(systems.authority("urn:vigil:hl7:Imaginary%20Hospital", '&'))
        .isEqualTo("Imaginary Hospital");
    assertThat(systems.authority("http://x.example", '&')).isEqualTo("&http://x.example&URI");
  }

  @Test
  void writesAnEuiWithDashes() {
    assertThat(IdentifierSystems.eui("0123456789abcdef")).isTrue();
    assertThat(IdentifierSystems.eui("080019FFFE3ED02D172.16.172.135")).isFalse();
    assertThat(IdentifierSystems.dashed("0123456789abcdef")).isEqualTo("01-23-45-67-89-AB-CD-EF");
  }
}
